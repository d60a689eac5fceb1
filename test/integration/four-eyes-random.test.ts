import { randomUUID } from 'node:crypto';
import { Rng } from '../../domain/rng';
import { UtplukkError } from '../../domain/errors';
import { statementById } from '../../platform/signing/statement-store';
import { verifyLedger } from '../../platform/ledger/verify';
import { answerIntervention, rollBack, suspendScoring } from '../../application/interventions';
import { decide, waiveGate, requestPromotion } from '../../application/promotion';
import { nonceOf } from '../../platform/signing/step-up-token';
import { verifyDecision } from '../../platform/signing/statements';
import { auditContextFor, prepared } from '../support/environment';
import { type PromotionHarness, promotionHarness } from '../support/promotion-harness';
import { judged, signedTestVersion } from '../support/promotions';

/**
 * Random sequences of actions and attacks against the real services, notary and database: every champion that scoring
 * would load was approved with the tokens of two different people. Fixed seed; `npm run test:long` plays 2,000.
 */
const SEQUENCES = process.env['UTPLUKK_LONG'] === '1' ? 2000 : 12;
const STEPS = 10;
const PEOPLE = ['kari', 'ola', 'ingrid', 'per'] as const;

let h: PromotionHarness;
beforeAll(async () => {
  h = await promotionHarness();
});
afterAll(() => h.close());

/** A person who somehow got every role in the product; the identity provider's token still says the truth. */
async function mighty(user: string) {
  const context = await h.as(user);
  return { ...context, token: { ...context.token, roles: ['data-scientist', 'approver', 'control-leader'] } };
}

class Sequence {
  readonly slot: string;
  readonly requests: { requestId: string; versionId: string }[] = [];
  readonly stolen: string[] = [];
  constructor(
    readonly rng: Rng,
    number: number,
  ) {
    this.slot = `random-${number}/all`;
  }

  async step(): Promise<string> {
    const by = this.rng.pick([...PEOPLE]);
    const request = this.requests.length > 0 ? this.rng.pick(this.requests) : undefined;
    const kind = request ? this.rng.below(10) : 0;
    if (kind <= 1 || !request) {
      const versionId = await signedTestVersion(h.t, this.slot, this.rng.pick(['kari', 'ola']));
      const { requestId } = await requestPromotion(await mighty(by), versionId, { openDays: 14, purpose: 'random' });
      this.requests.push({ requestId, versionId });
      await judged(h.t, requestId, this.rng.chance(0.8));
      return `${by} asks`;
    }
    if (kind <= 4) {
      const about = { slot: this.slot, ...request };
      const command = await mighty(by);
      this.stolen.push(await command.stepUpToken(nonceOf({ permission: 'promotion.approve', ...about })));
      await decide(command, request.requestId, this.rng.chance(0.9) ? 'approved' : 'refused', 'random');
      return `${by} decides`;
    }
    if (kind === 5 && this.stolen.length > 0) {
      const token = this.rng.pick(this.stolen);
      await decide(
        { ...(await mighty(by)), stepUpToken: () => Promise.resolve(token) },
        request.requestId,
        'approved',
        'with a token that somebody left',
      );
      return `${by} decides with a stolen token`;
    }
    if (kind === 6) return this.forge(by, request);
    if (kind === 7) {
      await waiveGate(await mighty(by), request.requestId, 'enough-outcomes', 'random');
      return `${by} passes over a gate`;
    }
    if (kind === 8) {
      const { interventionId } = this.rng.chance(0.5)
        ? await suspendScoring(await mighty(by), this.slot, 'random')
        : await rollBack(await mighty(by), this.slot, 'random', 0.000_001);
      await answerIntervention(await mighty(this.rng.pick([...PEOPLE])), interventionId, 'random');
      return `${by} makes an intervention`;
    }
    return 'waits';
  }

  /** Rows written as the product's role, in somebody's name, with whatever statement there is. */
  async forge(by: string, { requestId, versionId }: { requestId: string; versionId: string }): Promise<string> {
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
    return `${by} forges rows`;
  }
}

/** What scoring would load, if anything, and that two different people's tokens stand behind it. */
async function twoPeople(slot: string): Promise<boolean> {
  const champion = await h.live(slot).catch((error: unknown) => {
    if (error instanceof UtplukkError) return undefined;
    throw error;
  });
  if (!champion) return false;
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
      if (await twoPeople(sequence.slot)) live++;
    }
    if ((number + 1) % 100 === 0) process.stderr.write(`${number + 1} sequences done of ${SEQUENCES} owed\n`);
  }
  expect(live).toBeGreaterThan(0);
  expect(refused).toBeGreaterThan(SEQUENCES);
  expect((await verifyLedger(h.t.db)).problems).toEqual([]);
});
