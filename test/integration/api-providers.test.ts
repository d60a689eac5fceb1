import { randomUUID } from 'node:crypto';
import { connect } from '../../platform/postgres/connection';
import { rankHistory } from '../../platform/db/read-models/selection';
import { verifyLedger } from '../../platform/ledger/verify';
import { recordAccess, writeDeferredAccesses } from '../../application/access-log';
import { auditContextFor, prepared, type TestProduct, testProduct, tokenOf } from '../support/environment';
import { signedTestVersion } from '../support/promotions';
import { type TestApi, testApi } from '../support/api';
import { until } from '../support/until';

let t: TestProduct;
let api: TestApi;
beforeAll(async () => {
  t = await testProduct();
  api = await testApi(t);
});
afterAll(async () => {
  await api.stop();
  await t.close();
});

describe('providers and lists', () => {
  const listId = 'a'.repeat(64);
  const scoringId = 'b'.repeat(64);
  beforeAll(async () => {
    const audit = await auditContextFor(t, 'per', 'rescore.start');
    const versionId = await signedTestVersion(t, 'lists/all');
    const { matrix_id: matrixId } = await t
      .db('ml.model_version')
      .where({ version_id: versionId })
      .first<{ matrix_id: string }>();
    await prepared(t, audit, async (tx) => {
      const at = new Date();
      const batch = await tx.raw<{ rows: { batch_id: number }[] }>(
        `insert into core.load_batch
          (kind, file_name, content_sha256, rows_read, rows_loaded, rows_quarantined, loaded_at, action_id)
          values ('provider', 'x', ?, 0, 0, 0, now(), ?) returning batch_id`,
        [randomUUID(), audit.actionId],
      );
      await tx.raw("insert into core.provider (practice_no) select 'PR' || n from generate_series(1, 301) n");
      await tx.raw(
        `insert into core.provider_fact
          (provider_id, known_from, valid_from, practice_type, field, municipality, batch_id)
          select provider_id, '2020-01-01', '2020-01-01', case when provider_id % 3 = 0 then 'TANN' else 'FALE' end,
            'LE', '0301', ? from core.provider`,
        [batch.rows[0]!.batch_id],
      );
      await tx('sel.scoring_run').insert({
        scoring_id: scoringId,
        slot: 'lists/all',
        version_id: versionId,
        matrix_id: matrixId,
        as_of: '2024-01-01',
        scores_sha256: 'x',
        rows: 300,
        action_id: audit.actionId,
        scored_at: at,
      });
      await tx('sel.list').insert({
        list_id: listId,
        scoring_id: scoringId,
        slot: 'lists/all',
        as_of: '2024-01-01',
        capacity: 200,
        seed: 1,
        policy: 'x',
        drafted_at: at,
        expires_at: new Date(at.getTime() + 1e9),
      });
      await tx.raw(
        `insert into sel.line
          (list_id, rank, entity, provider_group, score, probability, arm, selected, inclusion_probability)
          select ?, row_number() over (order by provider_id), 'P' || provider_id,
            case when provider_id % 3 = 0 then 'TANN' else 'FALE' end, -provider_id, 0.5, 'exploit',
            row_number() over (order by provider_id) <= 200, 1
          from core.provider where practice_no <> 'PR301'`,
        [listId],
      );
    });
  });

  interface Line {
    rank: number;
    entity: string;
    group: string;
  }
  const lines = async (user: string, query = '') =>
    (
      await api.call<{ rows: Line[]; next: string | null }>(
        user,
        'GET',
        `/v1/selection-lists/${listId}/lines?limit=150${query}`,
      )
    ).body;

  test('pages follow by rank, each access logged; a caseworker sees the provider groups of the team only', async () => {
    const first = await lines('anne', '&selected=false');
    const second = await lines('anne', `&selected=false&cursor=${first.next}`);
    expect([...first.rows, ...second.rows].map(({ rank }) => rank)).toEqual(
      Array.from({ length: 300 }, (_, i) => i + 1),
    );
    expect(second.next).toBeNull();
    const seen = await lines('nils', '&selected=false');
    expect(new Set(seen.rows.map(({ group }) => group))).toEqual(new Set(['FALE']));
    const looks = await t
      .db('aud.access')
      .where({ kind: 'list', subject_id: listId })
      .orderBy('at')
      .select<{ first_row: number; last_row: number }[]>('first_row', 'last_row');
    expect(looks.slice(0, 2)).toEqual([
      { first_row: 1, last_row: 150 },
      { first_row: 151, last_row: 300 },
    ]);
    const csv = await api.call<string>('anne', 'GET', `/v1/selection-lists/${listId}/lines.csv`);
    expect(csv.type).toContain('text/csv');
    expect(csv.body.split('\n')).toHaveLength(202);
  });

  test('some providers are assessed before their rank is shown, once each; then they appear', async () => {
    const blind = (
      await api.call<{ entity: string; group: string }[]>('nils', 'GET', `/v1/selection-lists/${listId}/blind-lines`)
    ).body;
    expect(blind.length).toBeGreaterThan(3);
    expect(blind.every(({ group }) => group === 'FALE')).toBe(true);
    const [one] = blind;
    const ranks = async () => (await lines('nils')).rows.some(({ entity }) => entity === one!.entity);
    expect(await ranks()).toBe(false);
    expect(await api.call('nils', 'GET', `/v1/selection-lists/${listId}/lines.csv`)).toMatchObject({ status: 409 });
    const assess = (entity: string) =>
      api.call('nils', 'POST', `/v1/selection-lists/${listId}/assessments`, { entity, verdict: 'unsure' });
    expect(await assess(one!.entity)).toMatchObject({ status: 201 });
    expect(await ranks()).toBe(true);
    expect(await assess(one!.entity)).toMatchObject({ status: 409 });
    const outside = (
      await api.call<{ entity: string; group: string }[]>('per', 'GET', `/v1/selection-lists/${listId}/blind-lines`)
    ).body.find(({ group }) => group === 'TANN')!;
    expect(await assess(outside.entity)).toMatchObject({ status: 403 });
  });

  test('only the list shows ranks: no lineage of a line, and no rank or reason to a blind assessor', async () => {
    for (const user of ['admin', 'kari', 'anne'])
      expect(await api.call(user, 'GET', `/v1/lineage/${listId}%231`)).toMatchObject({ status: 400 });
    const [first] = (await api.call<{ entity: string }[]>('siri', 'GET', `/v1/selection-lists/${listId}/blind-lines`))
      .body;
    const ranked = await t
      .db('sel.line')
      .where({ list_id: listId, entity: first!.entity })
      .first<{ rank: number }>('rank');
    expect(ranked.rank).toBeGreaterThan(0);
    const token = await tokenOf(t.env, 'siri');
    const assessor = async () =>
      (await t.db('aud.principal').where({ subject: 'siri' }).first<{ principal_id: string } | undefined>())
        ?.principal_id;
    await recordAccess(t.db, token, { kind: 'provider', subjectId: first!.entity, purpose: 'triage' }, new Date());
    expect(await rankHistory(t.db, first!.entity, await assessor())).toEqual([]);
    await api.call('siri', 'POST', `/v1/selection-lists/${listId}/assessments`, {
      entity: first!.entity,
      verdict: 'control',
    });
    expect(await rankHistory(t.db, first!.entity, await assessor())).toMatchObject([{ rank: ranked.rank }]);
  });

  test('a provider is opened with a purpose only, logged once, and stays open for that person alone', async () => {
    interface Opening {
      opening: string;
      ownCase: boolean;
    }
    const open = (user: string, provider: string, body: unknown) =>
      api.call<Opening>(user, 'POST', `/v1/providers/${provider}/openings`, body);
    const see = (user: string, provider: string, opening: string) =>
      api.call<{ practice: string }>(user, 'GET', `/v1/providers/${provider}?opening=${opening}`);
    expect(await open('nils', 'P1', {})).toMatchObject({ status: 400 });
    expect(await open('nils', 'P1', { purpose: 'curiosity' })).toMatchObject({ status: 400 });
    expect(await open('nils', 'P3', { purpose: 'triage' })).toMatchObject({ status: 403 }); // a dentist: not the team's
    expect(await open('nils', 'P999999', { purpose: 'triage' })).toMatchObject({ status: 404 });
    const before = await t.db('aud.access').where({ kind: 'provider' }).count<{ count: number }[]>('* as count');
    // In the register and on no list, so that there is nothing to compute.
    const opened = await open('nils', 'P301', { purpose: 'triage' });
    expect(opened).toMatchObject({ status: 201, body: { ownCase: false } });
    expect(await see('nils', 'P301', opened.body.opening)).toMatchObject({
      status: 200,
      body: { practice: 'PR301', reasons: null },
    });
    expect(await see('nils', 'P2', opened.body.opening)).toMatchObject({ status: 403 });
    expect(await see('per', 'P301', opened.body.opening)).toMatchObject({ status: 403 });
    expect(await see('nils', 'P301', 'forged')).toMatchObject({ status: 403 });
    const after = await t.db('aud.access').where({ kind: 'provider' }).count<{ count: number }[]>('* as count');
    expect(Number(after[0]!.count) - Number(before[0]!.count)).toBe(1);
    expect(await t.db('aud.entry').where({ event: 'provider.opened', subject_id: 'P301' })).toHaveLength(1);
    // Who opened whom is for those who oversee access: the ledger's search shows it to nobody else.
    const seen = async (user: string) =>
      (await api.call<{ rows: { event: string; seq: number }[] }>(user, 'GET', '/v1/ledger/entries?event=provider.'))
        .body.rows;
    expect((await seen('anne')).length).toBeGreaterThan(0);
    expect(await seen('kari')).toEqual([]);
    await t.notary.client.checkpoint();
    const proof = (user: string, seq: number) => api.call(user, 'GET', `/v1/ledger/entries/${seq}/proof`);
    const { seq } = (await seen('anne'))[0]!;
    expect(await proof('anne', seq)).toMatchObject({ status: 200 });
    expect(await proof('kari', seq)).toMatchObject({ status: 403 });
    const report = await api.call<{ rows: { by: string; subjectId: string; purpose: string; ownCase: boolean }[] }>(
      'liv',
      'GET',
      '/v1/access?withoutOwnCase=true',
    );
    expect(report.body.rows).toContainEqual(
      expect.objectContaining({ by: 'nils', subjectId: 'P301', purpose: 'triage', ownCase: false }),
    );
  });

  test('an access does not wait for a busy ledger: it is deferred, and logged once the ledger is free', async () => {
    const token = await tokenOf(t.env, 'per');
    // After this first one the principal is known.
    await recordAccess(t.db, token, { kind: 'provider', subjectId: 'P4', purpose: 'triage' }, new Date());
    const owner = connect(t.ownerUrl, 1);
    const holding = await owner.transaction();
    await holding.raw('select * from aud.chain_head for update');
    const began = performance.now();
    const accessId = await recordAccess(
      t.db,
      token,
      { kind: 'provider', subjectId: 'P5', purpose: 'triage' },
      new Date(),
    );
    expect(performance.now() - began).toBeLessThan(500);
    expect(await t.db('aud.access').where({ access_id: accessId })).toHaveLength(0);
    await holding.rollback();
    await owner.destroy();
    await writeDeferredAccesses(t.db); // the API does the same every two seconds
    expect(
      await until('the access in the ledger', () =>
        t.db('aud.access').where({ access_id: accessId }).first<object | undefined>(),
      ),
    ).toBeDefined();
    expect((await verifyLedger(t.db)).problems).toEqual([]);
  });
});
