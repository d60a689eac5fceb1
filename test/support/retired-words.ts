/** A word that the project no longer uses, and what it says instead (docs/reference/glossary.md). */
interface RetiredWord {
  readonly pattern: RegExp;
  readonly use: string;
}
const retired = (source: string, use: string): RetiredWord => ({ pattern: new RegExp(source, 'i'), use });

/** Retired words of English texts and comments. */
export const RETIRED_EN: readonly RetiredWord[] = [
  retired(String.raw`\bnever controlled\b`, 'unlabelled'),
  retired(String.raw`\bcontrolled (actors?|providers?|rows?)\b`, 'labelled'),
  retired(String.raw`\bscored actors?\b|\bhealth actors?\b`, 'provider'),
  retired(String.raw`\bleaks?\b|\bleak[- ](check|certificate)`, 'target leakage, leakage report'),
  retired(String.raw`\b(un)?seal(s|ed|ing)?\b`, 'immutable (a snapshot), signed off (a list)'),
  retired(String.raw`\bpromised\b`, 'predicted'),
  retired(String.raw`\bjudg(e|es|ed|ing|ement)\b`, 'evaluate, assess'),
  retired(String.raw`\bcrown(s|ed)?\b`, 'promote'),
  retired(String.raw`\beverybody\b`, 'population'),
  retired(String.raw`\bstrangers?\b`, 'misses'),
  retired(String.raw`\bworlds?\b`, 'scenario'),
  retired(String.raw`\bdials\b`, 'simulation configuration'),
  retired(String.raw`\bstandings?\b`, 'rank normalization'),
  retired(String.raw`\b(case|control|its|the|of) grounds?\b(?! truth)`, 'case source'),
  retired(String.raw`\btold\b(?! apart)`, 'reported, notified'),
  retired(String.raw`\btry[- ]?out\b|\btried out\b`, 'run a trial'),
  retired(String.raw`\bpass(ed|es)? over\b`, 'waive'),
  retired(String.raw`\bemergency (stop|return|answer)`, 'suspend scoring, roll back, confirm'),
  retired(String.raw`\bhonest (outlier|provider|one)s?\b`, 'benign outlier'),
  retired(String.raw`\bin vain\b`, 'false discovery'),
  retired(String.raw`\bwho looked\b`, 'caseworker effect'),
  retired(String.raw`\bcontenders?\b`, 'scored model'),
  retired(String.raw`\byardsticks?\b|\bowed\b`, 'baseline, target'),
  retired(String.raw`\bnuisances? caseworker\b`, 'caseworker effect'),
  retired(String.raw`\bunlike (all|training|anything)`, 'outside the training data'),
  retired(String.raw`\bfrom its pins\b`, 'from its recipe and stored inputs'),
];

/** Retired words of Norwegian texts. */
export const RETIRED_NB: readonly RetiredWord[] = [
  retired(String.raw`(?<!helse)aktør`, 'helseaktør'),
  retired('forsegl', 'godkjent av to'),
  retired('avstamm', 'sporbarhet'),
  retired('kronet|kroning', 'tatt i bruk'),
  retired(String.raw`(?<!utfalls)lekkasje`, 'utfallslekkasje'),
  retired('revisjonsspor', 'revisjonslogg'),
  retired('etterprøv', 'evaluering etter ibruktaking'),
  retired('skranke', 'kontroller uten funn'),
  retired(String.raw`kroner på spill`, 'forventet beløp som står seg'),
  retired(String.raw`\bfelt(et)?\b`, 'modellplass'),
];

/** Retired parts of identifiers: words of a name in camel case, in order. */
export const RETIRED_NAMES: readonly RetiredWord[] = [
  retired(String.raw`\b(judge[ds]?|judging|promised|crown(ed)?|everybody|contenders?|dials|strangers?|worlds?)\b`, ''),
  retired(String.raw`\b(seal(ed)?|standings?|beside|told|owed|yardstick|in vain|try out|looker|leaks?)\b`, ''),
  retired(String.raw`\b(act (ref|id|of)|begin act|unlike|kroner (per|of|at)|passed over)\b`, ''),
];
