import fc from 'fast-check';
import { canonical } from '../../../../platform/artifacts/hash';
import { parseEntry, readEntry } from '../../../../platform/ledger/entry-body';

const words = fc.oneof(fc.string(), fc.constantFrom('plain', 'blåbær', 'a"b', 'a\\b', 'line\nbreak', '\u2028', ''));
const change = fc.record({ t: words, k: words, b: words, a: words }, { requiredKeys: ['t', 'k'] });
const body = fc.record(
  {
    v: fc.constantFrom(1, 2),
    entry: words,
    at: words,
    event: words,
    actor: words,
    actionId: words,
    role: words,
    purpose: words,
    subject: fc.record({ kind: words, id: words }),
    before: words,
    after: words,
    rows: fc.record({ count: fc.nat(), root: words }),
    changes: fc.array(change, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: ['v', 'entry', 'at', 'event', 'actor', 'actionId', 'role', 'purpose', 'subject'] },
);
/** What verification compares. */
const said = (entry: ReturnType<typeof readEntry>) =>
  entry && [
    entry.entry,
    entry.event,
    entry.actionId,
    entry.at,
    entry.subject?.kind,
    entry.subject?.id,
    entry.v,
    entry.rows,
    entry.changes,
  ];

describe('an entry is read as it stands', () => {
  test('in one look or by parsing, the same is said', () =>
    fc.assert(
      fc.property(body, (entry) =>
        expect(said(readEntry(canonical(entry)))).toEqual(said(parseEntry(canonical(entry)))),
      ),
      { seed: 1, numRuns: 500 },
    ));

  test('text with a character more, less or changed is taken only where parsing takes it', () => {
    const edit = fc.record({
      at: fc.nat(),
      with: fc.constantFrom('', ' ', '"', ',', '}', '0', 'x', '\\', '{"a":1}', '\n'),
      cut: fc.nat(2),
    });
    const property = fc.property(body, edit, (entry, { at, with: put, cut }) => {
      const text = canonical(entry);
      const place = at % text.length;
      const edited = text.slice(0, place) + put + text.slice(place + cut);
      expect(said(readEntry(edited))).toEqual(said(parseEntry(edited)));
    });
    fc.assert(property, { seed: 2, numRuns: 2_000 });
  });

  test.each(['', 'null', '7', '{', '[]x', '{"b":1,"a":2}', '{"a":1,"a":1}', '{"a": 1}', '{"a":1.0}'])(
    '%j is no canonical entry',
    (text) => expect(readEntry(text)).toBeUndefined(),
  );
});
