import { randomUUID } from 'node:crypto';
import { Rng } from '../../domain/rng';
import { UtplukkError } from '../../domain/errors';
import { EMPTY_SLOT, liveChampion, type SlotCommand, transition } from '../../domain/rules/slot-state';
import { statementById } from '../../platform/signing/statement-store';
import { verifyLedger } from '../../platform/ledger/verify';
import { answerIntervention, rollBack, suspendScoring } from '../../application/interventions';
import { decide, waiveGate, requestPromotion } from '../../application/promotion';
import { nonceOf } from '../../platform/signing/step-up-token';
import { verifyDecision } from '../../platform/signing/statements';
import { auditContextFor, prepared } from '../support/environment';
import { type PromotionHarness, promotionHarness } from '../support/promotion-harness';
import { recordGates, signedTestVersion } from '../support/promotions';

/**
 * Random sequences of actions and attacks against the real services, notary and database: every champion that scoring
 * would load was approved with the tokens of two different people. The state machine of a slot plays along: it must
 * allow what the services did, and name the champion that scoring loads. Fixed seed; `npm run test:long` plays 2,000.
 */
const SEQUENCES = process.env['UTPLUKK_LONG'] === '1' ? 2000 : 12;
const STEPS = 10;
const PEOPLE = ['kari', 'ola', 'ingrid', 'per'] as const;

let h: PromotionHarness;
beforeAll(async () => {
  h = await promotionHarness();
});
afterAll(() => h.close());

const EVERY_ROLE = ['data-scientist', 'approver', 'control-leader'];
const DAY_MS = 86_400_000;
const GATE = 'enough-outcomes';

/** A person who somehow got every role in the product; the identity provider's token still says the truth. */
async function mighty(user: string) {
  const context = await h.as(user);
  return { ...context, token: { ...context.token, roles: EVERY_ROLE } };
}
const actor = (id: string) => ({ id, roles: EVERY_ROLE });

class Sequence {
  readonly slot: string;
  readonly requests: { requestId: string; versionId: string }[] = [];
  readonly stolen: string[] = [];
  /** What the product's state machine makes of everything that the services accepted. */
  state = EMPTY_SLOT;
  /** Rows were written past the services, so the machine does not know them. */
  isForged = false;
  constructor(
    readonly rng: Rng,
    number: number,
  ) {
    this.slot = `random-${number}/all`;
  }

  /** The machine must allow what the services accepted. */
  play(command: SlotCommand): void {
    if (this.isForged) return;
    const { state, refusal } = transition(this.state, command, new Date());
    if (refusal) throw new Error(`the services accepted ${command.kind}, the state machine says: ${refusal.message}`);
    this.state = state;
  }

  async step(): Promise<void> {
    const by = this.rng.pick([...PEOPLE]);
    const request = this.requests.length > 0 ? this.rng.pick(this.requests) : undefined;
    const kind = request ? this.rng.below(10) : 0;
    if (kind <= 1 || !request) return this.request(by);
    if (kind <= 4) return this.decide(by, request);
    if (kind === 5 && this.stolen.length > 0) return this.decideWithStolenToken(by, request.requestId);
    if (kind === 6) return this.forge(by, request);
    if (kind === 7) {
      await waiveGate(await mighty(by), request.requestId, GATE, 'random');
      this.play({ kind: 'waive', by: actor(by), requestId: request.requestId, gate: GATE });
    }
    if (kind === 8) return this.intervene(by);
  }

  async request(by: string): Promise<void> {
    const trainer = this.rng.pick(['kari', 'ola']);
    const versionId = await signedTestVersion(h.t, this.slot, trainer);
    const { requestId } = await requestPromotion(await mighty(by), versionId, { openDays: 14, purpose: 'random' });
    this.requests.push({ requestId, versionId });
    const expiresAt = new Date(Date.now() + 14 * DAY_MS);
    this.play({ kind: 'request', by: actor(by), requestId, versionId, trainer, expiresAt });
    const passed = this.rng.chance(0.8);
    await recordGates(h.t, requestId, passed);
    this.play({ kind: 'gates', requestId, gates: [{ gate: GATE, passed }] });
  }

  async decide(by: string, request: { requestId: string; versionId: string }): Promise<void> {
    const about = { slot: this.slot, ...request };
    const command = await mighty(by);
    this.stolen.push(await command.stepUpToken(nonceOf({ permission: 'promotion.approve', ...about })));
    const { requestId } = request;
    const verdict = this.rng.chance(0.9) ? 'approved' : 'refused';
    await decide(command, requestId, verdict, 'random');
    this.play({ kind: 'decide', by: actor(by), requestId, verdict });
  }

  async decideWithStolenToken(by: string, requestId: string): Promise<void> {
    const token = this.rng.pick(this.stolen);
    const command = { ...(await mighty(by)), stepUpToken: () => Promise.resolve(token) };
    await decide(command, requestId, 'approved', 'with a token that somebody left');
    this.play({ kind: 'decide', by: actor(by), requestId, verdict: 'approved' });
  }

  async intervene(by: string): Promise<void> {
    const kind = this.rng.chance(0.5) ? 'suspend' : 'roll-back';
    const confirmHours = 0.000_001;
    const { interventionId } =
      kind === 'suspend'
        ? await suspendScoring(await mighty(by), this.slot, 'random')
        : await rollBack(await mighty(by), this.slot, 'random', confirmHours);
    this.play({ kind, by: actor(by), interventionId, confirmHours });
    const second = this.rng.pick([...PEOPLE]);
    await answerIntervention(await mighty(second), interventionId, 'random');
    this.play({ kind: 'answer', by: actor(second), interventionId });
  }

  /** Rows written as the product's role, in somebody's name, with whatever statement there is. */
  async forge(by: string, { requestId, versionId }: { requestId: string; versionId: string }): Promise<void> {
    const audit = await auditContextFor(
      h.t,
      by === 'per' ? 'ola' : by,
      by === 'kari' ? 'run.start' : 'promotion.approve',
    );
    const statement = await h.t
      .db('ml.statement')
      .where({ version_id: versionId })
      .orderBy('made_at', 'desc')
      .first<{ statement_id: string }>();
    const last = await h.t.db('ml.champion').where({ slot: this.slot }).max<{ max: number | null }[]>('seq as max');
    await prepared(h.t, audit, async (tx) => {
      const decisionId = randomUUID();
      await tx('ml.decision').insert({
        decision_id: decisionId,
        request_id: requestId,
        verdict: 'approved',
        action_id: audit.actionId,
        statement_id: statement.statement_id,
        decided_at: new Date(),
      });
      await tx('ml.champion').insert({
        slot: this.slot,
        seq: (last[0]?.max ?? 0) + 1,
        version_id: versionId,
        decision_id: decisionId,
        action_id: audit.actionId,
        live_from: new Date(),
      });
    });
    this.isForged = true;
  }
}

/**
 * Whether scoring would load a champion; checks that two different people approved it, and that the machine names
 * it.
 */
async function liveByTwoPeople({ slot, state, isForged }: Sequence): Promise<boolean> {
  const before = new Date();
  const champion = await h.live(slot).catch((error: unknown) => {
    if (error instanceof UtplukkError) return undefined;
    throw error;
  });
  if (!champion) return false;
  if (!isForged) expect(liveChampion(state, before).champion?.versionId).toBe(champion.versionId);
  const row = await h.t
    .db('ml.decision')
    .where({ decision_id: champion.decisionId })
    .first<{ statement_id: string; request_id: string }>();
  const expected = { versionId: champion.versionId, slot, requestId: row.request_id };
  const signed = await verifyDecision(await statementById(h.t.db, row.statement_id), h.t.notary.trust(), expected);
  expect(signed.decider.subject).not.toBe(signed.requester.subject);
  expect(signed.decider.subject).not.toBe(signed.trainer?.subject);
  expect(['ola', 'ingrid']).toContain(signed.decider.subject);
  return true;
}

test(`${SEQUENCES} random sequences: never a champion without two different people, and the ledger holds`, async () => {
  let live = 0;
  let refused = 0;
  for (let number = 0; number < SEQUENCES; number++) {
    const sequence = new Sequence(new Rng('four eyes', number), number);
    for (let step = 0; step < STEPS; step++) {
      // Refusals of services, notary and database are what is expected; anything else fails the test.
      await sequence.step().catch((error: unknown) => {
        const code = (error as { code?: string }).code;
        if (!(error instanceof UtplukkError) && code !== '23514' && code !== '23505' && code !== '42501') throw error;
        refused++;
      });
      if (await liveByTwoPeople(sequence)) live++;
    }
    if ((number + 1) % 100 === 0) process.stderr.write(`${number + 1} of ${SEQUENCES} sequences done\n`);
  }
  expect(live).toBeGreaterThan(0);
  expect(refused).toBeGreaterThan(SEQUENCES);
  expect((await verifyLedger(h.t.db)).problems).toEqual([]);
});
