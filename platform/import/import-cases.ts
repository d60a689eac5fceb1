import { parseOre } from '../../domain/money';
import { type CaseEvent, caseEventSchema } from '../../domain/import/cases';
import { validateOrQuarantine, type Batch, type LineLoader } from './import-batch';

/** A row of a table of schema ctl; `practice` is looked up and becomes `provider_id`. */
interface Row {
  readonly table: string;
  readonly cells: Readonly<Record<string, unknown>>;
  readonly practice?: string;
}
type RowOf = { readonly [T in CaseEvent['type']]: (event: Extract<CaseEvent, { type: T }>) => Row };

const ROW_OF: RowOf = {
  kampanje: (e) => ({
    table: 'campaign',
    cells: { campaign_code: e.kampanje, kind: e.slag, name: e.navn, valid_from: e.fra, valid_to: e.til },
  }),
  signal: (e) => ({
    table: 'signal',
    practice: e.praksisId,
    cells: { signal_no: e.signalnr, source: e.kilde, received: e.mottatt, strength: e.styrke },
  }),
  apnet: (e) => ({
    table: 'case',
    practice: e.praksisId,
    cells: {
      case_no: e.saksnr,
      opened: e.apnet,
      basis: e.grunnlag,
      selection_probability: e.utvalgssannsynlighet,
      selected_by_list: e.utvalgsliste,
      caseworker: e.saksbehandler,
      campaign_code: e.kampanje,
      control_from: e.kontrollFra,
      control_to: e.kontrollTil,
    },
  }),
  funn: (e) => ({
    table: 'finding',
    cells: {
      case_no: e.saksnr,
      finding_no: e.funnnr,
      bill_guid: e.regning,
      tariff: e.takstkode,
      kind: e.slag,
      cause: e.arsak,
      amount_ore: parseOre(e.belop),
    },
  }),
  vedtak: (e) => ({
    table: 'outcome',
    cells: { case_no: e.saksnr, decided: e.vedtatt, outcome: e.utfall, amount_ore: parseOre(e.belop) },
  }),
  klage: (e) => ({
    table: 'appeal',
    cells: {
      case_no: e.saksnr,
      decided: e.avgjort,
      result: e.resultat,
      amount_ore: parseOre(e.belop),
      received: e.innkommet,
      instance: e.instans,
      misregistered: isMisregistered(e),
    },
  }),
  omgjoring: (e) => ({
    table: 'reversal',
    cells: { case_no: e.saksnr, decided: e.avgjort, amount_ore: parseOre(e.belop) },
  }),
  tilbakekreving: (e) => ({
    table: 'reclaim',
    cells: {
      case_no: e.saksnr,
      decided: e.vedtatt,
      decided_ore: parseOre(e.belopKrevd),
      recovered_ore: parseOre(e.belopInnbetalt),
    },
  }),
  tiltak: (e) => ({ table: 'measure', cells: { case_no: e.saksnr, kind: e.tiltak, decided: e.besluttet } }),
};

/**
 * Loads events of control cases: signals, opened cases, findings, decisions, appeals, reversals, reclaims and
 * measures.
 */
export class CaseLoader implements LineLoader {
  readonly kind = 'case';

  async line(batch: Batch, line: number, value: unknown): Promise<void> {
    const event = validateOrQuarantine(batch, line, 'case event', caseEventSchema, value);
    if (!event) return;
    batch.noteKnownFrom(Date.parse(event.kjentFra));
    const problem = await this.#missing(batch, event);
    if (problem) return batch.quarantine(line, 'case event', ...problem);
    if ((await insert(batch, event)) === 1) batch.loaded++;
    else batch.quarantine(line, 'case event', ...idOf(event), 'duplicate: the same event was loaded before');
  }

  /** The first thing that the event refers to and that was not loaded: field, value and reason. */
  async #missing(batch: Batch, event: CaseEvent): Promise<[string, string, string] | undefined> {
    const exists = async (sql: string, value: string) =>
      (await batch.tx.raw<{ rowCount: number }>(sql, [value])).rowCount > 0;
    if (
      'praksisId' in event &&
      !(await exists('select from core.provider where practice_no = ?', String(event.praksisId)))
    )
      return ['praksisId', String(event.praksisId), 'no such practice is known; load its provider first'];
    if (event.type === 'apnet') {
      if (event.kampanje && !(await exists('select from ctl.campaign where campaign_code = ?', event.kampanje)))
        return ['kampanje', event.kampanje, 'no such campaign is known; it comes first'];
      if (event.kontrollFra && event.kontrollTil && event.kontrollFra > event.kontrollTil)
        return ['kontrollTil', event.kontrollTil, `expected a day not before kontrollFra, ${event.kontrollFra}`];
    } else if ('saksnr' in event && !(await exists('select from ctl.case where case_no = ?', String(event.saksnr))))
      return ['saksnr', String(event.saksnr), 'no such case is known; its opening comes first'];
    return undefined;
  }
}

const idOf = (event: CaseEvent): [string, string] =>
  event.type === 'kampanje'
    ? ['kampanje', event.kampanje]
    : event.type === 'signal'
      ? ['signalnr', event.signalnr]
      : ['saksnr', event.saksnr];

async function insert(batch: Batch, event: CaseEvent): Promise<number> {
  const { table, cells, practice } = (ROW_OF[event.type] as (event: CaseEvent) => Row)(event);
  const row = { ...cells, known_from: event.kjentFra, batch_id: batch.batchId };
  const names = Object.keys(row);
  const values = Object.values(row).map((value) => value ?? null);
  const marks = values.map(() => '?').join(', ');
  const { rowCount } = await batch.tx.raw<{ rowCount: number }>(
    practice === undefined
      ? `insert into ctl.${table} (${names.join(', ')}) values (${marks}) on conflict do nothing`
      : `insert into ctl.${table} (${names.join(', ')}, provider_id) select ${marks}, provider_id from core.provider
        where practice_no = ? on conflict do nothing`,
    practice === undefined ? values : [...values, practice],
  );
  return rowCount;
}

/** An appeal that changed a decision though nobody sent it is the payer's own reversal, recorded in the wrong place. */
const isMisregistered = (event: { innkommet?: string | null | undefined; resultat: string }): boolean =>
  !event.innkommet && (event.resultat === 'reversed' || event.resultat === 'partly-upheld');
