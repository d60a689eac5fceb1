import { Rng } from '../domain/rng';
import type { Behaviour, TariffUse } from './calibration';
import { CALIBRATION } from './calibration';
import { type Dials, monthAt, type SimActor } from './world';

interface SimLine {
  takstkode: string;
  antall: number;
  belop: string;
}
interface SimBill {
  guid: string;
  regningsnummer: number;
  tidspunkt: string;
  pasient: { id: string; idType: string };
  takster: SimLine[];
  diagnoser: { kodeverk: string; kode: string }[];
  egenandel: string;
  kreditering?: true;
  krediterer?: string;
}

const ICPC2 = '2.16.578.1.12.4.1.1.7170';
const DIAGNOSES = [
  'P76',
  'R74',
  'L03',
  'D01',
  'L86',
  'K86',
  'A97',
  'R96',
  'W78',
  'L77',
  'T90',
  'A62',
  'K77',
  'S88',
  'L90',
  'A79',
  'U71',
  'N01',
];
const MINUTES_A_DAY_START = 8 * 60;

/** What an actor bills in one month of service, as one settlement message received in a later month; undefined if nothing. */
export function settlementOf(dials: Dials, actor: SimActor, month: number, received: string): Record<string, unknown> | undefined {
  if (month < actor.fromMonth || month >= actor.untilMonth) return undefined;
  const rng = new Rng(dials.seed, 'month', actor.index, month);
  const active = month >= actor.startMonth ? actor.severity : 0;
  const bills: SimBill[] = [];
  const growth = 1 + (CALIBRATION.yearlyGrowth * month) / 12;
  const days = rng.poisson(CALIBRATION.practiceDaysPerMonth * dials.volume * growth);
  let number = month * 10_000 + 1;
  for (let d = 0; d < days; d++) {
    const day = String(1 + rng.below(28)).padStart(2, '0');
    number = billDay(rng, actor, `${monthAt(dials, month)}-${day}`, active, number, bills);
  }
  if (bills.length === 0) return undefined;
  if (rng.chance(CALIBRATION.creditedShare * 10)) creditOne(rng, bills, number);
  const hits = ruleHits(rng, actor, active, bills);
  for (const bill of bills) spoil(rng, bill);
  return {
    mottattidspunkt: `${received}-${String(2 + rng.below(20)).padStart(2, '0')}T${String(6 + rng.below(14)).padStart(2, '0')}:${String(rng.below(60)).padStart(2, '0')}:00Z`,
    meldingsId: rng.uuid(),
    merknader: hits,
    melding: { praksisId: actor.praksisId, navnEPJ: rng.pick(['EPJ-Nord', 'EPJ-Fjord', 'EPJ-Vidde']), enkeltregninger: bills },
  };
}

const has = (actor: SimActor, behaviour: Behaviour) => actor.behaviours.includes(behaviour);

function billDay(rng: Rng, actor: SimActor, day: string, active: number, first: number, bills: SimBill[]): number {
  const load = has(actor, 'impossible-days') && active > 0 && rng.chance(0.25 + 0.5 * active) ? 1 + 1.6 * active : 1;
  const count = Math.max(1, rng.poisson(actor.intensity * load));
  let minute = actor.group.practiceType === 'LEVA' ? 17 * 60 : MINUTES_A_DAY_START;
  let number = first;
  for (let i = 0; i < count; i++) {
    let main = actor.group.main[rng.weighted(actor.group.main.map((use) => use.weight))]!;
    if (has(actor, 'group-as-individual') && main.code === 'C33' && rng.chance(active))
      main = actor.group.main.find((use) => use.code === 'A8a')!;
    const lines = [line(main, 1), ...addOns(rng, actor, active)];
    const overlap = load > 1 ? 0.5 : 1;
    const start = Math.min(minute, 23 * 60 + 58);
    bills.push(bill(rng, actor, day, start, number++, lines));
    minute += Math.round(main.minutes * overlap * (0.7 + 0.6 * rng.next()));
    if (has(actor, 'midnight-contacts') && rng.chance(0.35 * active)) {
      const simple = actor.group.main.find((use) => use.code.startsWith('1'));
      if (simple) bills.push(bill(rng, actor, day, 23 * 60 + 59, number++, [line(simple, 1)], bills.at(-1)!.pasient.id));
    }
  }
  return number;
}

const line = (use: TariffUse, repetitions: number): SimLine => ({
  takstkode: use.code,
  antall: repetitions,
  belop: `${use.kroner * repetitions}.00`,
});

function addOns(rng: Rng, actor: SimActor, active: number): SimLine[] {
  const lines: SimLine[] = [];
  for (const use of actor.group.addOns) {
    const timed = use.minutes >= 15;
    let probability = use.probability;
    if (timed && has(actor, 'time-add-ons')) probability = Math.min(0.97, probability + 0.7 * active);
    if (!timed && (has(actor, 'bundles') || has(actor, 'splitting'))) probability = Math.min(0.95, probability + 0.6 * active);
    if (actor.latent === 'honest-outlier' && timed) probability = Math.min(0.9, probability * 1.6);
    if (!rng.chance(probability)) continue;
    const repetitions = timed && has(actor, 'time-add-ons') && rng.chance(active) ? 2 + rng.below(3) : 1;
    lines.push(line(use, repetitions));
  }
  if (has(actor, 'splitting') && rng.chance(0.6 * active)) lines.push(line(actor.group.main[actor.group.main.length - 1]!, 1));
  return lines;
}

function bill(rng: Rng, actor: SimActor, day: string, minute: number, number: number, takster: SimLine[], patient?: string): SimBill {
  const hour = String(Math.floor(minute / 60)).padStart(2, '0');
  return {
    guid: rng.uuid(),
    regningsnummer: number,
    tidspunkt: `${day}T${hour}:${String(minute % 60).padStart(2, '0')}:00`,
    pasient: { id: patient ?? rng.pick(actor.patients), idType: 'FNR' },
    takster,
    diagnoser: [{ kodeverk: ICPC2, kode: rng.pick(DIAGNOSES) }],
    egenandel: rng.chance(0.7) ? '160.00' : '0.00',
  };
}

/** Takes back one whole bill by a later one, as practices do (only whole bills can be credited). */
function creditOne(rng: Rng, bills: SimBill[], number: number): void {
  const original = rng.pick(bills);
  bills.push({ ...original, guid: rng.uuid(), regningsnummer: number, kreditering: true, krediterer: original.guid });
}

const RULES = [470, 766, 502, 611, 130];

function ruleHits(rng: Rng, actor: SimActor, active: number, bills: readonly SimBill[]): Record<string, unknown>[] {
  const hits: Record<string, unknown>[] = [];
  for (const b of bills) {
    if (!rng.chance(actor.ruleRate * (1 + active))) continue;
    const effekt = rng.pick(['avvist', 'avkortet', 'merknad']);
    hits.push({ guid: b.guid, merknad: rng.pick(RULES), effekt, belop: effekt === 'merknad' ? '0.00' : b.takster[0]!.belop });
  }
  return hits;
}

/** Breaks a bill now and then, so that quarantine is not an empty promise. */
function spoil(rng: Rng, b: SimBill): void {
  if (!rng.chance(CALIBRATION.brokenRows)) return;
  const kind = rng.below(3);
  if (kind === 0) b.pasient.id = `${b.pasient.id.slice(0, 10)}${(Number(b.pasient.id[10]) + 1) % 10}`;
  else if (kind === 1) b.takster[0]!.belop = `-${b.takster[0]!.belop}`;
  else b.tidspunkt = `${b.tidspunkt.slice(0, 5)}02-30${b.tidspunkt.slice(10)}`;
}
