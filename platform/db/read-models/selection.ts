import { providerIdOf, providerKey } from '../../../domain/provider-key';
import { BLIND_BYTE } from '../../../domain/rules/blind-assessment';
import { notFound } from '../../../domain/errors';
import type { Db } from '../../postgres/connection';

/** A line of a list; `P12` is the provider's surrogate, the practice number is what caseworkers know it by. */
export interface LineView {
  readonly rank: number;
  readonly entity: string;
  readonly practice: string | undefined;
  readonly group: string;
  readonly probability: number;
  readonly arm: string;
  readonly selected: boolean;
  readonly inclusionProbability: number;
  /** Expected upheld amount in øre: probability times amount; undefined of versions without an amount model. */
  readonly expectedOre: number | undefined;
  /** True outside the training data of the version; undefined of versions that do not check that. */
  readonly outOfDistribution: boolean | undefined;
}

export interface LineQuery {
  readonly listId: string;
  /** Ranks after this one. */
  readonly after: number;
  readonly limit: number;
  readonly selectedOnly: boolean;
  /** Provider groups in scope; undefined for all. */
  readonly groups: readonly string[] | undefined;
  /**
   * A principal who assesses some providers blind: lines that it has yet to assess are left out; undefined for
   * others.
   */
  readonly blindAssessor: string | undefined;
}

interface Row {
  rank: number;
  entity: string;
  practice_no: string | null;
  provider_group: string;
  probability: number;
  arm: string;
  selected: boolean;
  inclusion_probability: number;
  expected_ore: number | null;
  out_of_distribution: boolean | null;
}

/**
 * Line that the principal `?` has yet to assess blind: selected, drawn by its hash, without an assessment of theirs.
 */
const UNASSESSED = `l.selected
  and get_byte(sha256(convert_to(l.list_id || '/' || l.entity, 'UTF8')), 0) < ${BLIND_BYTE}
  and not exists (select from sel.assessment x
    where x.list_id = l.list_id and x.entity = l.entity and x.principal_id = ?)`;
const PRACTICE =
  "left join core.provider p on l.entity ~ '^P[0-9]{1,9}$' and p.provider_id = nullif(substr(l.entity, 2), '')::int";

export async function linePage(
  db: Db,
  { listId, after, limit, selectedOnly, groups, blindAssessor }: LineQuery,
): Promise<LineView[]> {
  const scope = groups ? [...groups] : null;
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select l.*, p.practice_no from (
       select * from sel.line l where l.list_id = ? and l.rank > ?
         and (not ? or l.selected) and (?::text[] is null or l.provider_group = any(?))
         and (?::uuid is null or not (${UNASSESSED})) order by l.rank limit ?) l ${PRACTICE} order by l.rank`,
    [listId, after, selectedOnly, scope, scope, blindAssessor ?? null, blindAssessor ?? null, limit],
  );
  return rows.map((row) => ({
    rank: row.rank,
    entity: row.entity,
    practice: row.practice_no ?? undefined,
    group: row.provider_group,
    probability: row.probability,
    arm: row.arm,
    selected: row.selected,
    inclusionProbability: row.inclusion_probability,
    expectedOre: row.expected_ore ?? undefined,
    outOfDistribution: row.out_of_distribution ?? undefined,
  }));
}

/**
 * Providers that a principal has yet to assess blind, in the order of their hash, which says nothing about the rank.
 */
export async function linesToAssess(
  db: Db,
  { listId, groups, blindAssessor }: Pick<LineQuery, 'listId' | 'groups'> & { blindAssessor: string },
): Promise<{ entity: string; practice: string | undefined; group: string }[]> {
  const scope = groups ? [...groups] : null;
  const { rows } = await db.raw<{ rows: Pick<Row, 'entity' | 'practice_no' | 'provider_group'>[] }>(
    `select l.entity, l.provider_group, p.practice_no from sel.line l ${PRACTICE}
      where l.list_id = ? and (?::text[] is null or l.provider_group = any(?)) and ${UNASSESSED}
      order by sha256(convert_to(l.list_id || '/' || l.entity, 'UTF8'))`,
    [listId, scope, scope, blindAssessor],
  );
  return rows.map((row) => ({ entity: row.entity, practice: row.practice_no ?? undefined, group: row.provider_group }));
}

export async function isToAssess(db: Db, listId: string, entity: string, blindAssessor: string): Promise<boolean> {
  const { rows } = await db.raw<{ rows: object[] }>(
    `select from sel.line l where l.list_id = ? and l.entity = ? and ${UNASSESSED}`,
    [listId, entity, blindAssessor],
  );
  return rows.length > 0;
}

export interface ProviderRow {
  readonly providerId: number;
  readonly entity: string;
  readonly practice: string;
  readonly group: string;
  readonly field: string;
  readonly municipality: string;
  readonly listSize: number | undefined;
}

/** A provider by surrogate (P12) or practice number, as it is known now. @throws UtplukkError NotFound */
export async function findProvider(db: Db, id: string): Promise<ProviderRow> {
  const providerId = providerIdOf(id);
  const { rows } = await db.raw<{
    rows: {
      provider_id: number;
      practice_no: string;
      provider_group: string;
      field: string;
      municipality: string;
      list_size: number | null;
    }[];
  }>(
    `select p.provider_id, p.practice_no, coalesce(f.practice_type, f.field) as provider_group, f.field,
        f.municipality, f.list_size
      from core.provider p
      join lateral (select * from core.provider_fact f where f.provider_id = p.provider_id
        order by f.valid_from desc, f.known_from desc limit 1) f on true
      where ${providerId === undefined ? 'p.practice_no = ?' : 'p.provider_id = ?::int'}`,
    [providerId ?? id],
  );
  const [row] = rows;
  if (!row)
    throw notFound('there is no such provider in the register', 'Give a surrogate such as P12, or a practice number.');
  return {
    providerId: row.provider_id,
    entity: providerKey(row.provider_id),
    practice: row.practice_no,
    group: row.provider_group,
    field: row.field,
    municipality: row.municipality,
    listSize: row.list_size ?? undefined,
  };
}

export interface RankAt {
  readonly listId: string;
  readonly slot: string;
  readonly asOf: Date;
  readonly versionId: string;
  readonly rank: number;
  readonly of: number;
  readonly probability: number;
  readonly selected: boolean;
}

/**
 * Where a provider stood on every list it was scored for, oldest first; without those that the blind assessor has
 * yet to assess.
 */
export async function rankHistory(db: Db, entity: string, blindAssessor: string | undefined): Promise<RankAt[]> {
  const { rows } = await db.raw<{
    rows: {
      list_id: string;
      slot: string;
      as_of: Date;
      version_id: string;
      rank: number;
      of: number;
      probability: number;
      selected: boolean;
    }[];
  }>(
    `select l.list_id, t.slot, t.as_of, s.version_id, l.rank, s.rows as of, l.probability, l.selected
      from sel.line l join sel.list t using (list_id) join sel.scoring_run s using (scoring_id)
      where l.entity = ? and (?::uuid is null or not (${UNASSESSED}))
      order by t.as_of, t.drafted_at`,
    [entity, blindAssessor ?? null, blindAssessor ?? null],
  );
  return rows.map((row) => ({
    listId: row.list_id,
    slot: row.slot,
    asOf: row.as_of,
    versionId: row.version_id,
    rank: row.rank,
    of: row.of,
    probability: row.probability,
    selected: row.selected,
  }));
}

export interface PastCase {
  readonly caseNo: string;
  readonly opened: string;
  readonly basis: string;
  readonly outcome: string | undefined;
  readonly decided: string | undefined;
  readonly amountOre: number | undefined;
}

/** Control cases of a provider, newest first, with what was decided last. */
export async function casesOf(db: Db, providerId: number): Promise<PastCase[]> {
  const { rows } = await db.raw<{
    rows: {
      case_no: string;
      opened: string;
      basis: string;
      outcome: string | null;
      decided: string | null;
      amount_ore: number | null;
    }[];
  }>(
    `select c.case_no, c.opened, c.basis, o.outcome, o.decided, o.amount_ore from ctl.case c
      left join lateral (select * from ctl.outcome o where o.case_no = c.case_no
        order by o.known_from desc limit 1) o on true
      where c.provider_id = ? order by c.opened desc`,
    [providerId],
  );
  return rows.map((row) => ({
    caseNo: row.case_no,
    opened: row.opened,
    basis: row.basis,
    outcome: row.outcome ?? undefined,
    decided: row.decided ?? undefined,
    amountOre: row.amount_ore ?? undefined,
  }));
}

/** Whether the case system names this caseworker in a case of the provider. */
export async function hasOwnCase(
  db: Db,
  providerId: number,
  caseworker: string | undefined,
  caseNo: string | undefined,
): Promise<boolean> {
  if (caseworker === undefined) return false;
  const { rows } = await db.raw<{ rows: object[] }>(
    'select from ctl.case where provider_id = ? and caseworker = ? and (?::text is null or case_no = ?) limit 1',
    [providerId, caseworker, caseNo ?? null, caseNo ?? null],
  );
  return rows.length > 0;
}
