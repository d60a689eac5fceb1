import type { ProviderReasons, Reason } from '../schemas/reasons';
import { PRACTICE_TYPES } from '../reference/codes';
import { FEATURES } from './catalogue';
import type { Language } from '../i18n';
import type { Feature } from './types';

/** Inputs that models make of the columns themselves. */
const MADE: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  profile_deviation: { nb: 'hele profilens avvik fra sammenlignbare', en: 'deviation of the whole profile from peers' },
};

const BY_NAME = new Map(FEATURES.map((feature) => [feature.name, feature]));

const UNITS: Readonly<Record<string, string>> = {
  bills: 'regninger',
  patients: 'pasienter',
  days: 'dager',
  lines: 'takster',
  minutes: 'minutter',
  packages: 'pakninger',
  times: 'ganger',
  months: 'måneder',
  providers: 'aktører',
  people: 'personer',
  years: 'år',
};

const WORDS = {
  nb: {
    raises: 'trekker opp',
    lowers: 'trekker ned',
    missing: 'mangler',
    median: 'medianen blant',
    all: 'alle aktører',
    months: (n: number) => (n === 1 ? 'siste måned' : `siste ${n} måneder`),
    deviation: 'avvik fra sammenlignbare',
    place: 'plass blant sammenlignbare (0 lavest, 1 høyest)',
    amountNok: 'kr',
    differs: 'Under listens grense hvis dette hadde vært som medianen:',
    below: 'Aktøren ligger under listens grense.',
    none: 'Ingen inntil ti endringer ville ha ført aktøren under listens grense.',
    heading: (r: ProviderReasons) =>
      `${r.entity} (${groupInWords(r.group)}). Utvalgt for kontroll betyr ikke mistenkt: tallene åpner en undersøkelse og avgjør ingenting.`,
    against: 'Taler mot:',
    outOfDistribution: (why: string) =>
      `Modellen har ikke sett noe lignende (${why}), så lite står bak skåren. Se på aktøren med andre øyne.`,
    ofFigures: (share: string, figures: string) =>
      `${share} av tallene ligger utenfor det den lærte av, blant annet ${figures}`,
    groupUnseen: 'ingen i gruppen er i treningsgrunnlaget',
  },
  en: {
    raises: 'raises',
    lowers: 'lowers',
    missing: 'missing',
    median: 'median of',
    all: 'all providers',
    months: (n: number) => (n === 1 ? 'last month' : `last ${n} months`),
    deviation: 'deviation from peers',
    place: 'place among peers (0 lowest, 1 highest)',
    amountNok: 'NOK',
    differs: "Below the list's end had this been the median:",
    below: "The provider is below the list's end.",
    none: "No change of up to ten figures would have brought the provider below the list's end.",
    heading: (r: ProviderReasons) =>
      `${r.entity} (${groupInWords(r.group)}). Selected for control does not mean suspected: the figures open an inquiry and decide nothing.`,
    against: 'Speaks against:',
    outOfDistribution: (why: string) =>
      `The model has seen nothing similar (${why}), so little stands behind the score. Look at the provider with other eyes.`,
    ofFigures: (share: string, figures: string) =>
      `${share} of the figures lie outside what it learnt from, among them ${figures}`,
    groupUnseen: 'nobody of the group is in the training rows',
  },
} as const;

const LOCALE = { nb: 'nb-NO', en: 'en-GB' } as const;

/** A feature in words: its meaning, its window, and whether it is a comparison. Columns of a prepared table keep their name. */
export function featureInWords(name: string, language: Language): string {
  const feature = BY_NAME.get(name);
  if (!feature) return MADE[name]?.[language] ?? name;
  const words = WORDS[language];
  const comparison = feature.peer === 'z' ? `, ${words.deviation}` : feature.peer === 'pct' ? `, ${words.place}` : '';
  const window = feature.months === undefined ? '' : `, ${words.months(feature.months)}`;
  return `${feature.declaration[language]}${window}${comparison}`;
}

function amount(value: number | string | null, feature: Feature | undefined, language: Language): string {
  const words = WORDS[language];
  if (value === null) return words.missing;
  if (typeof value === 'string') return value;
  const unit = feature?.declaration.unit;
  const format = (n: number, digits: number) => n.toLocaleString(LOCALE[language], { maximumFractionDigits: digits });
  if (feature?.peer) return format(value, 2);
  if (unit === 'øre') return `${format(value / 100, 0)} ${words.amountNok}`;
  if (unit === 'share') return `${format(100 * value, 1)} %`;
  return `${format(value, 2)}${unit ? ` ${language === 'nb' ? (UNITS[unit] ?? unit) : unit}` : ''}`;
}

/** A provider group by its name in the code list; groups of a prepared table keep theirs. */
const groupInWords = (group: string) => (PRACTICE_TYPES[group] ? `${PRACTICE_TYPES[group].name} ${group}` : group);

/** One reason as a sentence: the figure, the peers' median, how many peers. */
export function reasonInWords(reason: Reason, language: Language): string {
  const words = WORDS[language];
  const feature = BY_NAME.get(reason.feature);
  const peers = reason.peerGroup === 'all' ? words.all : groupInWords(reason.peerGroup);
  const beside =
    reason.peerMedian === null
      ? ''
      : `; ${words.median} ${peers} (n ${reason.peers}): ${amount(reason.peerMedian, feature, language)}`;
  return `${featureInWords(reason.feature, language)}: ${amount(reason.value, feature, language)}${beside} (${reason.contribution >= 0 ? words.raises : words.lowers} ${Math.abs(reason.contribution).toFixed(2)})`;
}

const SHOWN_OUTSIDE = 3;

function outOfDistributionText(
  { share, groupUnseen, outside }: NonNullable<ProviderReasons['outOfDistribution']>,
  language: Language,
): string {
  const words = WORDS[language];
  const percent = `${(100 * share).toLocaleString(LOCALE[language], { maximumFractionDigits: 0 })} %`;
  const figures = outside
    .slice(0, SHOWN_OUTSIDE)
    .map((name) => featureInWords(name, language))
    .join('; ');
  return words.outOfDistribution(groupUnseen ? words.groupUnseen : words.ofFigures(percent, figures));
}

/** All reasons of one provider, as paragraphs. */
export function reasonsInWords(found: ProviderReasons, language: Language): string[] {
  const words = WORDS[language];
  const { counterfactual } = found;
  return [
    words.heading(found),
    ...(found.outOfDistribution ? [outOfDistributionText(found.outOfDistribution, language)] : []),
    ...found.reasons.map((reason) => `+ ${reasonInWords(reason, language)}`),
    ...(found.counterEvidence.length > 0 ? [words.against] : []),
    ...found.counterEvidence.map((reason) => `- ${reasonInWords(reason, language)}`),
    counterfactual?.features.length === 0
      ? words.below
      : counterfactual
        ? `${words.differs} ${counterfactual.features.map((name) => featureInWords(name, language)).join('; ')}`
        : words.none,
  ];
}
