import { addDays } from '../domain/time/days';
import { Rng } from '../domain/rng';
import { CALIBRATION } from './calibration';
import { type SimulationConfig, monthAt } from './simulation-config';
import type { SimProvider } from './register';
import { SCENARIOS, type ScenarioShape } from './scenarios';

export interface SimCase {
  readonly known: string;
  readonly event: Record<string, unknown>;
}

const COOL_DOWN_MONTHS = 24;
const WARM_UP_MONTHS = 6;

/**
 * Simulates past control cases: selected by tips, rule hits and size (so not at random), handled by caseworkers of
 * different strictness, decided months later, appealed and sometimes reversed. Nothing here depends on the bills.
 */
export function makeCases(config: SimulationConfig, providers: readonly SimProvider[]): SimCase[] {
  const rng = new Rng(config.seed, 'controls');
  const { policy } = SCENARIOS[config.scenario ?? 'standard'];
  const months = config.years * 12;
  const lastControl = new Map<number, number>();
  const events: SimCase[] = [];
  let number = 0;
  for (let month = WARM_UP_MONTHS; month < months; month++) {
    const count =
      Math.round((config.controlsPerYear * (month + 1)) / 12) - Math.round((config.controlsPerYear * month) / 12);
    const eligible = providers.filter(
      (provider) =>
        provider.fromMonth + 3 <= month &&
        month < provider.untilMonth &&
        month - (lastControl.get(provider.index) ?? -99) >= COOL_DOWN_MONTHS,
    );
    const scored = eligible
      .map((provider) => ({ provider, ...attention(rng, provider, month, policy) }))
      .sort((a, b) => b.score - a.score || a.provider.index - b.provider.index);
    for (const { provider, basis } of scored.slice(0, count)) {
      lastControl.set(provider.index, month);
      events.push(...oneCase(rng, config, provider, month, `K-${String(++number).padStart(6, '0')}`, basis));
    }
  }
  return events.sort((a, b) => (a.known < b.known ? -1 : a.known > b.known ? 1 : 0));
}

/** The payer's attention to a provider: partly ground truth (tips), partly appearance (rules, size), partly chance. */
function attention(
  rng: Rng,
  provider: SimProvider,
  month: number,
  policy: ScenarioShape['policy'],
): { score: number; basis: string } {
  const active = month >= provider.startMonth ? provider.severity : 0;
  const parts = {
    tip: rng.chance(0.04 + 0.3 * active) ? policy.tip : 0,
    rule: provider.ruleRate * policy.rule * (1 + active),
    size: Math.log(provider.intensity / Math.max(1, provider.group.billsPerDay)) * policy.size,
  };
  const basis = parts.tip > 0 ? 'tip' : parts.rule > parts.size ? 'rule' : 'size';
  return { score: parts.tip + parts.rule + parts.size + 0.7 * rng.normal(), basis };
}

function oneCase(
  rng: Rng,
  config: SimulationConfig,
  provider: SimProvider,
  month: number,
  saksnr: string,
  basis: string,
): SimCase[] {
  const opened = `${monthAt(config, month)}-${String(1 + rng.below(28)).padStart(2, '0')}`;
  const worker = rng.below(CALIBRATION.caseworkers.length);
  const events: SimCase[] = [
    {
      known: opened,
      event: {
        type: 'apnet',
        saksnr,
        praksisId: provider.praksisId,
        apnet: opened,
        grunnlag: basis,
        saksbehandler: `team-${worker + 1}`,
        kjentFra: at(opened),
      },
    },
  ];
  const delay = Math.round(rng.lognormal(CALIBRATION.decisionDelayDays.median, CALIBRATION.decisionDelayDays.sigma));
  const decided = addDays(opened, Math.max(45, delay));
  const found = rng.chance(findingChance(provider, month, worker));
  const amountNok = found
    ? Math.round(rng.lognormal(FINDING_NOK.median, FINDING_NOK.sigma) * amountFactor(provider))
    : 0;
  const utfall = !found
    ? rng.pick(['none', 'guidance'])
    : provider.latent === 'serious' && amountNok > 250_000
      ? rng.pick(['reclaim', 'loss-of-right', 'police-report'])
      : 'reclaim';
  const known = addDays(decided, 3);
  events.push({
    known,
    event: { type: 'vedtak', saksnr, vedtatt: decided, utfall, belop: `${amountNok}.00`, kjentFra: at(known) },
  });
  if (found && rng.chance(CALIBRATION.appealShare)) events.push(appealOf(rng, saksnr, decided, amountNok));
  else if (found && rng.chance(CALIBRATION.reversalShare)) events.push(reversalOf(rng, saksnr, decided, amountNok));
  return events;
}

const FINDING_NOK = { median: 90_000, sigma: 0.6 };
const MAX_FINDING_PROBABILITY = 0.98;

function findingChance(provider: SimProvider, month: number, worker: number): number {
  const latent =
    month >= provider.startMonth && (provider.latent === 'serious' || provider.latent === 'minor')
      ? provider.latent
      : 'clean';
  return Math.min(MAX_FINDING_PROBABILITY, CALIBRATION.finding[latent] * CALIBRATION.caseworkers[worker]!);
}

/** Factor of the amount of a finding at a provider. */
const amountFactor = (provider: SimProvider): number =>
  (0.4 + 2.5 * provider.severity) * Math.sqrt(provider.intensity / Math.max(1, provider.group.billsPerDay));

/**
 * Expected outcome of a control case opened in a month, over caseworkers, amounts, appeals and reversals: the ground
 * truth by which lists are evaluated, without the variance of one simulated outcome.
 */
export function expectedOutcome(provider: SimProvider, month: number): { finding: number; upheldNok: number } {
  const { caseworkers, appealShare, appealResults, reversalShare } = CALIBRATION;
  const chance =
    caseworkers.reduce((sum, _strictness, worker) => sum + findingChance(provider, month, worker), 0) /
    caseworkers.length;
  const appealed = appealShare * appealResults.reversed;
  const reversed = (1 - appealShare) * reversalShare * FULL_REVERSAL_SHARE;
  const halved =
    appealShare * appealResults['partly-upheld'] + (1 - appealShare) * reversalShare * (1 - FULL_REVERSAL_SHARE);
  const mean = FINDING_NOK.median * Math.exp(FINDING_NOK.sigma ** 2 / 2) * amountFactor(provider);
  return {
    finding: chance * (1 - appealed - reversed),
    upheldNok: chance * mean * (1 - appealed - reversed - halved / 2),
  };
}

const FULL_REVERSAL_SHARE = 0.7;

const at = (day: string) => `${day}T12:00:00Z`;

function appealOf(rng: Rng, saksnr: string, decided: string, amountNok: number): SimCase {
  const received = addDays(decided, 10 + rng.below(21));
  const day = addDays(
    received,
    20 + Math.round(rng.lognormal(CALIBRATION.appealDelayDays.median, CALIBRATION.appealDelayDays.sigma)),
  );
  const results = Object.entries(CALIBRATION.appealResults);
  const [resultat = 'upheld'] = results[rng.weighted(results.map(([, weight]) => weight))]!;
  const left = resultat === 'reversed' ? 0 : resultat === 'partly-upheld' ? Math.round(amountNok / 2) : amountNok;
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

/** A reversal by the payer itself. A third of them are recorded in the case system as appeals that nobody sent. */
function reversalOf(rng: Rng, saksnr: string, decided: string, amountNok: number): SimCase {
  const day = addDays(decided, 20 + rng.below(200));
  const known = addDays(day, 3);
  const left = rng.chance(FULL_REVERSAL_SHARE) ? 0 : Math.round(amountNok / 2);
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
