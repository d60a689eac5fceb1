import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { makeCases } from './controls';
import { settlementOf } from './bills';
import { type Dials, makeActors, monthAt, type SimActor } from './world';

export interface SimulationSummary {
  readonly actors: number;
  readonly bills: number;
  readonly cases: number;
  /** First instant after everything that was simulated is known. */
  readonly knownUntil: string;
}

/**
 * Writes a register as files: actors, one file of settlement messages a month of receipt, case events. The truth goes to
 * another folder, which the product never reads. The same dials give the same bytes.
 */
export async function writeRegister(
  dials: Dials,
  dir: string,
  progress: (done: number, total: number) => void = () => {},
): Promise<SimulationSummary> {
  const register = path.join(dir, 'register');
  const truth = path.join(dir, 'truth');
  for (const folder of [register, truth]) fs.mkdirSync(folder, { recursive: true });
  const actors = makeActors(dials);
  writeLines(
    path.join(register, 'actors.ndjson'),
    actors.map((actor) => actorFact(dials, actor)),
  );
  const months = dials.years * 12;
  const end = monthAt(dials, months);
  const cases = makeCases(dials, actors).filter(({ known }) => known < `${end}-01`);
  writeLines(
    path.join(register, 'cases.ndjson'),
    cases.map(({ event }) => event),
  );
  writeLines(
    path.join(truth, 'actors.ndjson'),
    actors.map((a) => ({
      praksisId: a.praksisId,
      latent: a.latent,
      behaviours: a.behaviours,
      severity: a.severity,
      startMonth: monthAt(dials, a.startMonth),
    })),
  );
  let bills = 0;
  for (let received = 1; received < months; received++) {
    bills += await writeMonth(dials, actors, received, register);
    progress(received, months - 1);
  }
  return {
    actors: actors.length,
    bills,
    cases: cases.filter(({ event }) => event['type'] === 'apnet').length,
    knownUntil: `${end}-01T00:00:00Z`,
  };
}

async function writeMonth(dials: Dials, actors: readonly SimActor[], received: number, dir: string): Promise<number> {
  const name = monthAt(dials, received);
  const file = path.join(dir, `settlements-${name}.ndjson`);
  const out = fs.createWriteStream(`${file}.part`, { highWaterMark: 1 << 20 });
  let bills = 0;
  for (const actor of actors) {
    const message = settlementOf(dials, actor, received - actor.lagMonths, name);
    if (!message) continue;
    bills += (message['melding'] as { enkeltregninger: unknown[] }).enkeltregninger.length;
    if (!out.write(`${JSON.stringify(message)}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
  fs.renameSync(`${file}.part`, file); // a half-written month never looks like a month
  return bills;
}

function actorFact(dials: Dials, actor: SimActor): Record<string, unknown> {
  const from = `${monthAt(dials, actor.fromMonth)}-01`;
  return {
    hprNr: actor.hprNr,
    orgnr: actor.orgnr,
    praksisId: actor.praksisId,
    praksistype: actor.group.practiceType,
    fagomrade: actor.group.field,
    kommunenr: actor.kommunenr,
    ...(actor.listSize === undefined ? {} : { listelengde: actor.listSize }),
    gyldigFra: from,
    kjentFra: `${from}T00:00:00Z`,
  };
}

function writeLines(file: string, rows: readonly unknown[]): void {
  fs.writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}
