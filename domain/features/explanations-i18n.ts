import type { Language } from '../i18n';
import { groupName } from '../reference/codes';
import type { ProviderReasons, Reason } from '../schemas/explanation';
import { FEATURES } from './catalogue';
import type { Feature } from './types';
import { unitName } from './units';

/** Inputs that models derive from the columns themselves. */
const DERIVED: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  profile_deviation: {
    nb: 'hele profilens avvik fra sammenlignbare helseaktører',
    en: 'deviation of the whole profile from peers',
  },
};

const BY_NAME = new Map(FEATURES.map((feature) => [feature.name, feature]));

const MESSAGES = {
  nb: {
    raises: 'trekker opp',
    lowers: 'trekker ned',
    missing: 'mangler',
    median: 'medianen blant',
    all: 'alle helseaktører',
    months: (n: number) => (n === 1 ? 'siste måned' : `siste ${n} måneder`),
    deviation: 'avvik fra sammenlignbare',
    rank: 'plass blant sammenlignbare (0 lavest, 1 høyest)',
    nok: 'kr',
    counterfactual: 'Ville ikke vært utvalgt hvis dette hadde vært som medianen:',
    notSelected: 'Helseaktøren er ikke blant de utvalgte.',
    noCounterfactual: 'Helseaktøren ville vært utvalgt selv om inntil ti verdier hadde vært som medianen.',
    heading: (r: ProviderReasons) =>
      `${r.entity} (${groupText(r.group)}). Utvalgt for kontroll betyr ikke mistenkt: tallene åpner en undersøkelse ` +
      'og avgjør ingenting.',
    against: 'Taler mot:',
    outOfDistribution: (why: string) => `Utenfor modellens treningsdata (${why}). Vurder skåren med forsiktighet.`,
    outsideRanges: (share: string, features: string) =>
      `${share} av variablene ligger utenfor verdiene i treningsdata, blant annet ${features}`,
    groupUnseen: 'ingen i gruppen er med i treningsdata',
  },
  en: {
    raises: 'raises',
    lowers: 'lowers',
    missing: 'missing',
    median: 'median of',
    all: 'all providers',
    months: (n: number) => (n === 1 ? 'last month' : `last ${n} months`),
    deviation: 'deviation from peers',
    rank: 'rank among peers (0 lowest, 1 highest)',
    nok: 'NOK',
    counterfactual: 'Would not have been selected had this been the median:',
    notSelected: 'The provider is not among those selected.',
    noCounterfactual: 'The provider would have been selected even with up to ten values at the median.',
    heading: (r: ProviderReasons) =>
      `${r.entity} (${groupText(r.group)}). Selected for control does not mean suspected: the figures open an ` +
      'inquiry and decide nothing.',
    against: 'Speaks against:',
    outOfDistribution: (why: string) => `Outside the model's training data (${why}). Treat this score with caution.`,
    outsideRanges: (share: string, features: string) =>
      `${share} of the features lie outside the ranges of the training data, among them ${features}`,
    groupUnseen: 'nobody of the group is in the training data',
  },
} as const;

const LOCALE = { nb: 'nb-NO', en: 'en-GB' } as const;

const formatNumber = (value: number, digits: number, language: Language) =>
  value.toLocaleString(LOCALE[language], { maximumFractionDigits: digits });

/** A feature's meaning, its window, and its peer comparison. Columns of a prepared table keep their name. */
export function featureText(name: string, language: Language): string {
  const feature = BY_NAME.get(name);
  if (!feature) return DERIVED[name]?.[language] ?? name;
  const t = MESSAGES[language];
  const comparison = feature.peer === 'z' ? `, ${t.deviation}` : feature.peer === 'pct' ? `, ${t.rank}` : '';
  const window = feature.months === undefined ? '' : `, ${t.months(feature.months)}`;
  return `${feature.declaration[language]}${window}${comparison}`;
}

/** A value in the unit that the catalogue declares; amounts are stored in øre and shown in kroner. */
function valueText(value: number | string | null, feature: Feature | undefined, language: Language): string {
  const t = MESSAGES[language];
  if (value === null) return t.missing;
  if (typeof value === 'string') return value;
  if (!feature || feature.peer) return formatNumber(value, 2, language);
  const { unit } = feature.declaration;
  if (unit === 'øre') return `${formatNumber(value / 100, 0, language)} ${t.nok}`;
  if (unit === 'share') return `${formatNumber(100 * value, 1, language)} %`;
  return `${formatNumber(value, 2, language)} ${unitName(unit, language)}`.trimEnd();
}

/** A provider group by its name in the code list; groups of a prepared table keep theirs. */
const groupText = (group: string) => (groupName(group) === group ? group : `${groupName(group)} ${group}`);

/** One reason as a sentence: the value, the median of the peers and their number, and the contribution (log odds). */
export function reasonText(reason: Reason, language: Language): string {
  const t = MESSAGES[language];
  const feature = BY_NAME.get(reason.feature);
  const peers = reason.peerGroup === 'all' ? t.all : groupText(reason.peerGroup);
  const comparison =
    reason.peerMedian === null
      ? ''
      : `; ${t.median} ${peers} (n ${reason.peers}): ${valueText(reason.peerMedian, feature, language)}`;
  const direction = reason.contribution >= 0 ? t.raises : t.lowers;
  const contribution = `${direction} ${Math.abs(reason.contribution).toFixed(2)}`;
  const value = valueText(reason.value, feature, language);
  return `${featureText(reason.feature, language)}: ${value}${comparison} (${contribution})`;
}

const MOST_FEATURES = 3;

function outOfDistributionText(
  { share, groupUnseen, outside }: NonNullable<ProviderReasons['outOfDistribution']>,
  language: Language,
): string {
  const t = MESSAGES[language];
  const percent = `${formatNumber(100 * share, 0, language)} %`;
  const features = outside
    .slice(0, MOST_FEATURES)
    .map((name) => featureText(name, language))
    .join('; ');
  return t.outOfDistribution(groupUnseen ? t.groupUnseen : t.outsideRanges(percent, features));
}

function counterfactualText(counterfactual: ProviderReasons['counterfactual'], language: Language): string {
  const t = MESSAGES[language];
  if (!counterfactual) return t.noCounterfactual;
  if (counterfactual.features.length === 0) return t.notSelected;
  return `${t.counterfactual} ${counterfactual.features.map((name) => featureText(name, language)).join('; ')}`;
}

/** The explanation of one provider's score as paragraphs: reasons, evidence against, what would have changed it. */
export function explanationTexts(explanation: ProviderReasons, language: Language): string[] {
  const { outOfDistribution, reasons, counterEvidence, counterfactual } = explanation;
  const t = MESSAGES[language];
  return [
    t.heading(explanation),
    ...(outOfDistribution ? [outOfDistributionText(outOfDistribution, language)] : []),
    ...reasons.map((reason) => `+ ${reasonText(reason, language)}`),
    ...(counterEvidence.length > 0 ? [t.against] : []),
    ...counterEvidence.map((reason) => `- ${reasonText(reason, language)}`),
    counterfactualText(counterfactual, language),
  ];
}
