import { parseOre } from '../../domain/money';
import { actorSchema, caseEventSchema } from '../../domain/schemas/kuhr';
import { type Batch, firstProblem, type LineLoader } from './batch';
import { unknownFields } from './settlements';

const ACTOR_KEYS = Object.keys(actorSchema.shape);

/** Facts about actors: one line a fact; a later known fact supersedes, nothing is overwritten. */
export class ActorLoader implements LineLoader {
  readonly kind = 'actor';

  async line(batch: Batch, line: number, value: unknown): Promise<void> {
    batch.read++;
    const parsed = actorSchema.safeParse(value);
    if (!parsed.success) {
      const problem = firstProblem(parsed.error, value);
      batch.refuse(line, 'actor', problem.field, problem.value, problem.reason);
      return;
    }
    const actor = parsed.data;
    batch.known(Date.parse(actor.kjentFra));
    const { rows } = await batch.tx.raw<{ rows: { provider_id: number }[] }>(
      `insert into core.provider (hpr_no, orgnr, practice_no) values (?, ?, ?)
       on conflict on constraint provider_practice do update set practice_no = excluded.practice_no returning provider_id`,
      [actor.hprNr ?? null, actor.orgnr ?? null, actor.praksisId],
    );
    const extra = unknownFields(actor, ACTOR_KEYS);
    const written = await batch.tx.raw<{ rowCount: number }>(
      `insert into core.provider_fact (provider_id, known_from, valid_from, valid_to, practice_type, field, municipality, list_size, account_hash, registered_via, batch_id, extra)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict on constraint provider_fact_pk do nothing`,
      [
        rows[0]!.provider_id,
        actor.kjentFra,
        actor.gyldigFra,
        actor.gyldigTil ?? null,
        actor.praksistype,
        actor.fagomrade,
        actor.kommunenr,
        actor.listelengde ?? null,
        actor.kontoHash ?? null,
        actor.registrertVia ?? null,
        batch.batchId,
        extra ? JSON.stringify(extra) : null,
      ],
    );
    if (written.rowCount === 1) batch.loaded++;
    else
      batch.refuse(
        line,
        'actor',
        'praksisId',
        actor.praksisId,
        'duplicate: a fact with the same practice, valid-from and known-from was loaded before',
      );
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }
}

/** Events of control cases: opened (apnet), decided (vedtak), appealed (klage). */
export class CaseLoader implements LineLoader {
  readonly kind = 'case';

  async line(batch: Batch, line: number, value: unknown): Promise<void> {
    batch.read++;
    const parsed = caseEventSchema.safeParse(value);
    if (!parsed.success) {
      const problem = firstProblem(parsed.error, value);
      batch.refuse(line, 'case event', problem.field, problem.value, problem.reason);
      return;
    }
    const event = parsed.data;
    batch.known(Date.parse(event.kjentFra));
    if (event.type !== 'apnet' && !(await this.#exists(batch, event.saksnr))) {
      batch.refuse(line, 'case event', 'saksnr', event.saksnr, 'no such case is known; its opening comes first');
      return;
    }
    const rows = await this.#insert(batch, event);
    if (rows === 1) batch.loaded++;
    else if (event.type === 'apnet' && rows === 0)
      batch.refuse(line, 'case event', 'saksnr', event.saksnr, 'the case was opened before, or its practice is not known');
    else batch.refuse(line, 'case event', 'saksnr', event.saksnr, 'duplicate: the same event was loaded before');
  }

  async #exists(batch: Batch, caseNo: string): Promise<boolean> {
    const { rows } = await batch.tx.raw<{ rows: unknown[] }>('select 1 from ctl.case where case_no = ?', [caseNo]);
    return rows.length > 0;
  }

  async #insert(batch: Batch, event: ReturnType<typeof caseEventSchema.parse>): Promise<number> {
    if (event.type === 'apnet') {
      const result = await batch.tx.raw<{ rowCount: number }>(
        `insert into ctl.case (case_no, provider_id, opened, basis, selection_probability, caseworker, known_from, batch_id)
         select ?, provider_id, ?, ?, ?, ?, ?, ? from core.provider where practice_no = ? on conflict do nothing`,
        [
          event.saksnr,
          event.apnet,
          event.grunnlag,
          event.utvalgssannsynlighet ?? null,
          event.saksbehandler,
          event.kjentFra,
          batch.batchId,
          event.praksisId,
        ],
      );
      return result.rowCount;
    }
    const known = [event.kjentFra, batch.batchId];
    const [table, values] =
      event.type === 'vedtak'
        ? [
            'outcome (case_no, decided, outcome, amount_ore, known_from, batch_id)',
            [event.saksnr, event.vedtatt, event.utfall, parseOre(event.belop), ...known],
          ]
        : event.type === 'klage'
          ? [
              'appeal (case_no, decided, result, amount_ore, received, instance, misregistered, known_from, batch_id)',
              [
                event.saksnr,
                event.avgjort,
                event.resultat,
                parseOre(event.belop),
                event.innkommet ?? null,
                event.instans,
                isMisregistered(event),
                ...known,
              ],
            ]
          : [
              'reversal (case_no, decided, amount_ore, known_from, batch_id)',
              [event.saksnr, event.avgjort, parseOre(event.belop), ...known],
            ];
    const result = await batch.tx.raw<{ rowCount: number }>(
      `insert into ctl.${table} values (${values.slice().fill('?').join(', ')}) on conflict do nothing`,
      values,
    );
    return result.rowCount;
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }
}

/** A complaint that changed a decision though nobody sent one in is the payer's own reversal in the wrong place. */
const isMisregistered = (event: { innkommet?: string | null | undefined; resultat: string }): boolean =>
  !event.innkommet && (event.resultat === 'reversed' || event.resultat === 'partly-upheld');
