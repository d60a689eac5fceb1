import { Rng } from '../../../../domain/rng';
import { type Action, AttackedSlot, GATE, type Layer, PEOPLE } from '../../../support/slot-machine';

const ALL: readonly Layer[] = ['workflow', 'database', 'signature'];
const LONG = process.env['UTPLUKK_LONG'] === '1';
const SEQUENCES = LONG ? 250_000 : 5_000;
const STEPS = 14;

function action(rng: Rng): Action {
  const by = rng.pick([...PEOPLE]);
  const request = rng.below(4);
  switch (rng.below(11)) {
    case 0:
    case 1:
      return { kind: 'request', by, trainer: rng.pick([...PEOPLE]), passes: rng.chance(0.85) };
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
    case 9:
      return { kind: 'waive', by, request };
    default:
      return { kind: 'answer', by, intervention: rng.below(3) };
  }
}

/** What must hold of whatever scoring would load, asked without any rule of the product. */
function assertTwoPeople(slot: AttackedSlot, requestId: string, layers: readonly Layer[], done: string): void {
  const request = slot.state.requests[requestId]!;
  const approval = slot.approvals.get(requestId)!;
  // Who really decided: the token's person where there is a signature, else the one the database recorded as acting.
  const decider = layers.includes('signature') ? approval.signed!.decider.person : approval.decider;
  if (decider === request.requester) throw new Error(`one person stands behind a champion after ${done}`);
  if (layers.length < ALL.length) return;
  if (decider === request.trainer) throw new Error(`a trainer approved their own version: ${done}`);
  const waived = new Set(request.waivers.filter(({ gate }) => gate === GATE).map(({ by }) => by));
  for (const person of [request.requester, request.trainer]) waived.delete(person);
  const passed = request.gates.find(({ gate }) => gate === GATE)!.passed;
  if (!passed && waived.size < 2) throw new Error(`a gate was neither passed nor waived by two others: ${done}`);
}

/** A stopped or unconfirmed slot must not score; asked of the interventions themselves. */
function assertNotStopped(slot: AttackedSlot, done: string): void {
  for (const { kind, answeredBy, by, at } of slot.state.interventions) {
    const others = answeredBy.filter((person) => kind === 'suspend' || person !== by);
    if (kind === 'suspend' && new Set(others).size < 2) throw new Error(`suspended scoring goes on after ${done}`);
    const late = slot.at.getTime() - at.getTime() >= 72 * 3_600_000;
    if (kind === 'roll-back' && others.length === 0 && late)
      throw new Error(`an unconfirmed roll-back still scores after ${done}`);
  }
}

/** Plays random sequences. @returns the number of steps after which something was live */
function play(layers: readonly Layer[], sequences: number): number {
  let live = 0;
  for (let seed = 0; seed < sequences; seed++) {
    const rng = new Rng('slot machine', layers.join(), seed);
    const slot = new AttackedSlot(new Set(layers));
    const done: Action[] = [];
    for (let step = 0; step < STEPS; step++) {
      const next = action(rng);
      done.push(next);
      slot.step(next);
      const requestId = slot.live();
      if (requestId === undefined) continue;
      live++;
      const words = `${JSON.stringify(done)} (seed ${seed})`;
      assertTwoPeople(slot, requestId, layers, words);
      assertNotStopped(slot, words);
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
