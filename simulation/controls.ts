import { addDays } from '../domain/rules/time-splits';
import { Rng } from '../domain/rng';
import { CALIBRATION } from './calibration';
import { type Dials, monthAt } from './simulation-config';
import type { SimActor } from './register';
import { WORLDS, type WorldShape } from './scenarios';

export interface SimCase {
  readonly known: string;
  readonly event: Record<string, unknown>;
}

const COOL_DOWN_MONTHS = 24;
const WARM_UP_MONTHS = 6;

/**
 * Past controls: chosen by tips, rule hits and size (so selected, not random), looked at by caseworkers of differing
 * strictness, decided months later, appealed and sometimes reversed. Nothing here reads the bills.
 */
export function makeCases(dials: Dials, actors: readonly SimActor[]): SimCase[] {
  const rng = new Rng(dials.seed, 'controls');
  const { policy } = WORLDS[dials.world ?? 'standard'];
  const months = dials.years * 12;
  const lastControl = new Map<number, number>();
  const events: SimCase[] = [];
  let number = 0;
  for (let month = WARM_UP_MONTHS; month < months; month++) {
    const count =
      Math.round((dials.controlsPerYear * (month + 1)) / 12) - Math.round((dials.controlsPerYear * month) / 12);
    const eligible = actors.filter(
      (a) =>
        a.fromMonth + 3 <= month &&
        month < a.untilMonth &&
        month - (lastControl.get(a.index) ?? -99) >= COOL_DOWN_MONTHS,
    );
    const scored = eligible
      .map((actor) => ({ actor, ...attention(rng, actor, month, policy) }))
      .sort((a, b) => b.score - a.score || a.actor.index - b.actor.index);
    for (const { actor, basis } of scored.slice(0, count)) {
      lastControl.set(actor.index, month);
      events.push(...oneCase(rng, dials, actor, month, `K-${String(++number).padStart(6, '0')}`, basis));
    }
  }
  return events.sort((a, b) => (a.known < b.known ? -1 : a.known > b.known ? 1 : 0));
}

/** What the payer's people noticed: partly the truth (tips), partly the look of it (rules, size), partly chance. */
function attention(
  rng: Rng,
  actor: SimActor,
  month: number,
  policy: WorldShape['policy'],
): { score: number; basis: string } {
  const active = month >= actor.startMonth ? actor.severity : 0;
  const parts = {
    tip: rng.chance(0.04 + 0.3 * active) ? policy.tip : 0,
    rule: actor.ruleRate * policy.rule * (1 + active),
    size: Math.log(actor.intensity / Math.max(1, actor.group.billsPerDay)) * policy.size,
  };
  const basis = parts.tip > 0 ? 'tip' : parts.rule > parts.size ? 'rule' : 'size';
  return { score: parts.tip + parts.rule + parts.size + 0.7 * rng.normal(), basis };
}

function oneCase(rng: Rng, dials: Dials, actor: SimActor, month: number, saksnr: string, basis: string): SimCase[] {
  const opened = `${monthAt(dials, month)}-${String(1 + rng.below(28)).padStart(2, '0')}`;
  const worker = rng.below(CALIBRATION.caseworkers.length);
  const events: SimCase[] = [
    {
      known: opened,
      event: {
        type: 'apnet',
        saksnr,
        praksisId: actor.praksisId,
        apnet: opened,
        grunnlag: basis,
        saksbehandler: `team-${worker + 1}`,
        kjentFra: at(opened),
      },
    },
  ];
  const delay = Math.round(rng.lognormal(CALIBRATION.decisionDelayDays.median, CALIBRATION.decisionDelayDays.sigma));
  const decided = addDays(opened, Math.max(45, delay));
  const found = rng.chance(findingChance(actor, month, worker));
  const kroner = found ? Math.round(rng.lognormal(FINDING_NOK.median, FINDING_NOK.sigma) * worth(actor)) : 0;
  const utfall = !found
    ? rng.pick(['none', 'guidance'])
    : actor.latent === 'serious' && kroner > 250_000
      ? rng.pick(['reclaim', 'loss-of-right', 'police-report'])
      : 'reclaim';
  const known = addDays(decided, 3);
  events.push({
    known,
    event: { type: 'vedtak', saksnr, vedtatt: decided, utfall, belop: `${kroner}.00`, kjentFra: at(known) },
  });
  if (found && rng.chance(CALIBRATION.appealShare)) events.push(appealOf(rng, saksnr, decided, kroner));
  else if (found && rng.chance(CALIBRATION.reversalShare)) events.push(reversalOf(rng, saksnr, decided, kroner));
  return events;
}

const FINDING_NOK = { median: 90_000, sigma: 0.6 };
const MOST_CERTAIN = 0.98;

function findingChance(actor: SimActor, month: number, worker: number): number {
  const latent =
    month >= actor.startMonth && (actor.latent === 'serious' || actor.latent === 'minor') ? actor.latent : 'clean';
  return Math.min(MOST_CERTAIN, CALIBRATION.finding[latent] * CALIBRATION.caseworkers[worker]!);
}

/** What a finding is worth at an actor, as a multiple. */
const worth = (actor: SimActor): number =>
  (0.4 + 2.5 * actor.severity) * Math.sqrt(actor.intensity / Math.max(1, actor.group.billsPerDay));

/**
 * What a control of the actor opened in a month would give on average, over caseworkers, amounts, appeals and reversals:
 * the truth that lists are judged by, without the luck of one draw.
 */
export function expectedOutcome(actor: SimActor, month: number): { finding: number; upheldKroner: number } {
  const { caseworkers, appealShare, appealResults, reversalShare } = CALIBRATION;
  const chance =
    caseworkers.reduce((sum, _strictness, worker) => sum + findingChance(actor, month, worker), 0) / caseworkers.length;
  const appealed = appealShare * appealResults.reversed;
  const reversed = (1 - appealShare) * reversalShare * REVERSED_WHOLLY;
  const halved =
    appealShare * appealResults['partly-upheld'] + (1 - appealShare) * reversalShare * (1 - REVERSED_WHOLLY);
  const mean = FINDING_NOK.median * Math.exp(FINDING_NOK.sigma ** 2 / 2) * worth(actor);
  return {
    finding: chance * (1 - appealed - reversed),
    upheldKroner: chance * mean * (1 - appealed - reversed - halved / 2),
  };
}

const REVERSED_WHOLLY = 0.7;

const at = (day: string) => `${day}T12:00:00Z`;

function appealOf(rng: Rng, saksnr: string, decided: string, kroner: number): SimCase {
  const received = addDays(decided, 10 + rng.below(21));
  const day = addDays(
    received,
    20 + Math.round(rng.lognormal(CALIBRATION.appealDelayDays.median, CALIBRATION.appealDelayDays.sigma)),
  );
  const results = Object.entries(CALIBRATION.appealResults);
  const [resultat = 'upheld'] = results[rng.weighted(results.map(([, weight]) => weight))]!;
  const left = resultat === 'reversed' ? 0 : resultat === 'partly-upheld' ? Math.round(kroner / 2) : kroner;
  const known = addDays(day, 3);
  const instans = resultat === 'upheld' && rng.chance(0.5) ? 'nasjonalt-klageorgan' : 'helfo';
  return {
    known,
    event: {
      type: 'klage',
      saksnr,
      innkommet: received,
      avgjort: day,
      instans,
      resultat,
      belop: `${left}.00`,
      kjentFra: at(known),
    },
  };
}

/** The payer undoes its own decision. A third of these stand in the case system as complaints that nobody sent in. */
function reversalOf(rng: Rng, saksnr: string, decided: string, kroner: number): SimCase {
  const day = addDays(decided, 20 + rng.below(200));
  const known = addDays(day, 3);
  const left = rng.chance(REVERSED_WHOLLY) ? 0 : Math.round(kroner / 2);
  if (rng.chance(CALIBRATION.misregisteredReversals)) {
    const resultat = left === 0 ? 'reversed' : 'partly-upheld';
    return {
      known,
      event: {
        type: 'klage',
        saksnr,
        avgjort: day,
        instans: 'helfo',
        resultat,
        belop: `${left}.00`,
        kjentFra: at(known),
      },
    };
  }
  return { known, event: { type: 'omgjoring', saksnr, avgjort: day, belop: `${left}.00`, kjentFra: at(known) } };
}
