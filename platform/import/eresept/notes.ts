import type { LoadNote } from '../load-note';

/** More names than this are counted together: a file may invent one for each of its elements. */
const MOST_NAMES = 200;
/** Digits as many as in the number of a person, in a name that the file made up. */
const LONG_NUMBER = /\d[\d._:-]{8,}\d/g;
const NAME = /^[\p{L}\p{N}_.:/@-]{1,120}$/u;

/** What was left out while reading, without its value: a kind and a name, with the number of times it occurred. */
export class Notes {
  readonly #counts = new Map<LoadNote, Map<string, number>>();

  add(kind: LoadNote, name: string): void {
    const names = this.#counts.get(kind) ?? new Map<string, number>();
    this.#counts.set(kind, names);
    const plain = kind === 'unknown-field' ? name.replace(LONG_NUMBER, '…') : name;
    const shown = NAME.test(name) ? plain : '(another name)';
    const key = names.has(shown) || names.size < MOST_NAMES ? shown : '(more names)';
    names.set(key, (names.get(key) ?? 0) + 1);
  }

  entries(): { kind: LoadNote; name: string; count: number }[] {
    return [...this.#counts].flatMap(([kind, names]) => [...names].map(([name, count]) => ({ kind, name, count })));
  }
}
