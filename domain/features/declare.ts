import type { Declaration, Peer, Shape, Source } from './types';

/** A declaration without its names in two languages, which stand in names-nb.ts and names-en.ts. */
export interface DeclarationRow<Name extends string = string> extends Omit<Declaration, 'name' | 'nb' | 'en'> {
  readonly name: Name;
}

/** Windows in months. */
export const YEARS = [1, 3, 6, 12, 24] as const;
export const LONG = [3, 12] as const;
/** Both comparisons with peers: robust z-score and percentile rank. */
export const BOTH = ['z', 'pct'] as const;

export const SIZE = 'how much activity and money there is';
export const MIX = 'tariff mix compared with peers';
export const TIME = 'more time claimed than a day holds';
export const PATIENTS = 'patients who could not have been there, or who come from elsewhere';
export const RULES = 'what the rule engine stopped';
export const RECORDING = 'how bills are recorded and submitted';
export const PRESCRIBING = 'prescribing and dispensing compared with peers';
export const CHANGE = 'sudden change';
export const CONTEXT = 'legitimate context';
export const ACCOUNT = 'shared account';
export const OWNER = 'shared owner';
export const SHARED = 'shared patients';

const declare = <N extends string>(
  name: N,
  source: Source,
  of: Declaration['of'],
  unit: string,
  purpose: string,
  windows: readonly number[],
  peers: readonly Peer[],
): DeclarationRow<N> => ({ name, source, of, unit, purpose, windows, peers, protected: false });

/** A measure added up over each window. */
export const total = <N extends string>(
  name: N,
  source: Source,
  measure: string,
  unit: string,
  purpose: string,
  windows: readonly number[] = YEARS,
  peers: readonly Peer[] = [],
): DeclarationRow<N> => declare(name, source, { kind: 'total', measure }, unit, purpose, windows, peers);

/** One measure over another, each added up over the window first. */
export const ratio = <N extends string>(
  name: N,
  source: Source,
  over: string,
  under: string,
  unit: string,
  purpose: string,
  windows: readonly number[] = LONG,
  peers: readonly Peer[] = BOTH,
): DeclarationRow<N> => declare(name, source, { kind: 'ratio', over, under }, unit, purpose, windows, peers);

/** Slope, volatility or largest jump of the last twelve months. */
export const shape = <N extends string>(name: N, measure: string, kind: Shape): DeclarationRow<N> =>
  declare(name, 'bills', { kind: 'shape', measure, shape: kind }, 'ratio', CHANGE, [12], ['z']);

/** The last three months against the last twelve. */
export const trend = <N extends string>(name: N, measure: string): DeclarationRow<N> =>
  declare(name, 'bills', { kind: 'trend', measure }, 'ratio', CHANGE, [], []);

/** Entropy of the distribution of lines over tariffs, in nats. */
export const entropy = <N extends string>(name: N, source: Source, unit: string, purpose: string): DeclarationRow<N> =>
  declare(name, source, { kind: 'entropy' }, unit, purpose, [12], BOTH);

/** A value of the provider itself: DuckDB SQL over its facts (`f`) or its patient network (`n`). */
export const fact = <N extends string>(
  name: N,
  source: 'register' | 'network',
  sql: string,
  unit: string,
  purpose: string,
  peers: readonly Peer[] = [],
): DeclarationRow<N> => declare(name, source, { kind: 'fact', sql }, unit, purpose, [], peers);
