import { nationalIdControl } from '../domain/identifiers';
import { MUNICIPALITIES, type SimProvider } from './register';

/** Patients by number: patients of one municipality have consecutive numbers, and within it those of one GP's list. */
export interface Population {
  readonly size: number;
  /** First patient and number of patients of each municipality. */
  readonly pools: readonly { readonly from: number; readonly size: number }[];
  /** First patient of a GP's list, by provider index. */
  readonly listFrom: ReadonlyMap<number, number>;
}

export function makePopulation(providers: readonly SimProvider[]): Population {
  const pools: { from: number; size: number }[] = [];
  const listFrom = new Map<number, number>();
  let next = 0;
  MUNICIPALITIES.forEach((_, municipality) => {
    const from = next;
    for (const provider of providers) {
      if (provider.municipality !== municipality || provider.listSize === undefined) continue;
      listFrom.set(provider.index, next);
      next += provider.listSize;
    }
    next += 200; // on no list
    pools.push({ from, size: next - from });
  });
  return { size: next, pools, listFrom };
}

const DAYS = 28;
const BLOCK = 5;
const two = (n: number) => String(n).padStart(2, '0');

/**
 * National id of patient `n` (0 to 6.7 M), unique: a synthetic number (month + 80, as Skatteetaten's test people have)
 * that belongs to nobody. About one candidate in six has no control digits, so each patient has a block of five
 * candidates; for a block without any, the id is taken from the end of the numbers.
 */
export function nationalIdOf(n: number): string {
  for (let i = 0; i < BLOCK; i++) {
    const id = candidate(n * BLOCK + i);
    if (id !== undefined) return id;
  }
  for (let spare = CANDIDATES - 1 - n * BLOCK; ; spare--) {
    const id = candidate(((spare % CANDIDATES) + CANDIDATES) % CANDIDATES, 40);
    if (id !== undefined) return id;
  }
}
const CANDIDATES = 1000 * 100 * 12 * DAYS;

function candidate(c: number, dayShift = 0): string | undefined {
  const person = c % 1000;
  const year = Math.floor(c / 1000) % 100;
  const month = Math.floor(c / 100_000) % 12;
  const day = Math.floor(c / 1_200_000) % DAYS;
  const first9 = `${two(1 + day + dayShift)}${two(81 + month)}${two(year)}${String(person).padStart(3, '0')}`;
  const control = nationalIdControl(first9);
  return control === undefined ? undefined : first9 + control;
}
