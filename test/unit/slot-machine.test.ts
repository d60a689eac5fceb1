import { Rng } from '../../domain/rng';
import { type Action, type Layer, PEOPLE, SlotMachine } from '../support/slot-machine';

const ALL: readonly Layer[] = ['workflow', 'database', 'signature'];
const LONG = process.env['UTPLUKK_LONG'] === '1';
const SEQUENCES = LONG ? 250_000 : 5_000;
const STEPS = 14;

function action(rng: Rng): Action {
  const by = rng.pick([...PEOPLE]);
  const request = rng.below(4);
  switch (rng.below(10)) {
    case 0:
    case 1:
      return { kind: 'ask', by, trainer: rng.pick([...PEOPLE]) };
    case 2:
    case 3:
      return { kind: 'decide', by, request, verdict: rng.chance(0.85) ? 'approved' : 'refused' };
    case 4:
      return { kind: 'replay', by, token: rng.below(6), request };
    case 5:
      return { kind: 'forge-rows', name: by, request };
    case 6:
      return { kind: 'wait' };
    case 7:
      return { kind: 'roll-back', by };
    case 8:
      return { kind: 'suspend', by };
    default:
      return { kind: 'answer', by };
  }
}

/** Plays random sequences; says how many ended each step with something live, and fails where one person stands behind it. */
function play(layers: readonly Layer[], sequences: number): number {
  let live = 0;
  for (let seed = 0; seed < sequences; seed++) {
    const rng = new Rng('slot machine', layers.join(), seed);
    const machine = new SlotMachine(new Set(layers));
    const done: Action[] = [];
    for (let step = 0; step < STEPS; step++) {
      const next = action(rng);
      done.push(next);
      machine.step(next);
      const champion = machine.live();
      if (!champion) continue;
      live++;
      const { asker } = machine.requests[champion.request]!;
      // Who really decided: the token's person where there is a signature, else the one the database recorded as acting.
      const decider = layers.includes('signature') ? champion.signed!.decider.person : champion.decider;
      if (decider === asker)
        throw new Error(`one person stands behind a champion after ${JSON.stringify(done)} (seed ${seed})`);
    }
  }
  return live;
}

describe('never a champion without two different people', () => {
  test('with all three layers', () => expect(play(ALL, SEQUENCES)).toBeGreaterThan(SEQUENCES / 10));
  test.each(ALL)('with %s switched off', (off) =>
    expect(
      play(
        ALL.filter((layer) => layer !== off),
        SEQUENCES,
      ),
    ).toBeGreaterThan(SEQUENCES / 10),
  );
  test('the test sees it where two layers are off: it is no test that cannot fail', () => {
    expect(() => play(['workflow'], SEQUENCES)).toThrow(/one person stands behind a champion/);
  });
});
