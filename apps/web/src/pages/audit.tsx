import { Alert, Button, Details, Paragraph, Tabs, Textfield } from '@digdir/designsystemet-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, type Entry } from '../api/client';
import { Id, Page, To } from '../components/page';
import { usePages } from '../components/use-infinite-pages';
import { Ask, Empty, Problem } from '../components/states';
import { type Column, LongList, Rows } from '../components/table';
import { VerifyFile } from '../components/verify-file';
import { useMay, useMe } from '../layout';
import { useFormats, useWords } from '../i18n';

const WORDS = {
  nb: {
    title: 'Revisjon',
    lead: 'Hver endring har sitt innslag i revisjonssporet, skrevet i samme transaksjon. Sjekkpunkter utenfor databasen gjør at ingen kan skrive historien om uten at det vises.',
    entries: 'Innslag',
    checkpoints: 'Sjekkpunkter',
    verify: 'Kontroller en fil',
    access: 'Oppslag',
    event: 'Handling',
    subject: 'Gjelder',
    by: 'Hvem',
    seq: 'Nr.',
    at: 'Når',
    role: 'Som',
    why: 'Hvorfor',
    search: 'Søk',
    eventStarts: 'Handlingen begynner med',
    subjectStarts: 'Id begynner med',
    none: 'Ingen innslag passer.',
    check: 'Regn etter hele revisjonssporet nå',
    checking: 'Regner etter …',
    holds: (n: string, s: string) => `Revisjonssporet holder: ${n} innslag regnet etter på ${s} s.`,
    anchored: (n: string, u: string) => `${n} er forankret utenfor databasen, ${u} ennå ikke.`,
    broken: 'REVISJONSSPORET HOLDER IKKE',
    download: 'Last ned hele revisjonssporet',
    size: 'Innslag',
    root: 'Rot',
    noCheckpoints: 'Ingen sjekkpunkter ennå.',
    outside: 'Bare oppslag utenfor egne saker',
    kind: 'Hva',
    purpose: 'Formål',
    rows: 'Linjer',
    own: 'Egen sak',
    yes: 'ja',
    no: 'nei',
    changes: 'Endrede rader',
    kinds: {
      provider: 'aktør åpnet',
      list: 'liste lest',
      'list-export': 'liste lastet ned',
      'ledger-export': 'revisjonsspor lastet ned',
    },
  },
  en: {
    title: 'Audit',
    lead: 'Every change has its entry in the ledger, written in the same transaction. Checkpoints outside the database keep anybody from rewriting history unseen.',
    entries: 'Entries',
    checkpoints: 'Checkpoints',
    verify: 'Verify a file',
    access: 'Look-ups',
    event: 'Act',
    subject: 'About',
    by: 'Who',
    seq: 'No.',
    at: 'When',
    role: 'As',
    why: 'Why',
    search: 'Search',
    eventStarts: 'Act begins with',
    subjectStarts: 'Id begins with',
    none: 'No entry fits.',
    check: 'Recompute the whole ledger now',
    checking: 'Recomputing …',
    holds: (n: string, s: string) => `The ledger holds: ${n} entries recomputed in ${s} s.`,
    anchored: (n: string, u: string) => `${n} are anchored outside the database, ${u} not yet.`,
    broken: 'THE LEDGER DOES NOT HOLD',
    download: 'Download the whole ledger',
    size: 'Entries',
    root: 'Root',
    noCheckpoints: 'No checkpoints yet.',
    outside: 'Only look-ups outside own cases',
    kind: 'What',
    purpose: 'Purpose',
    rows: 'Lines',
    own: 'Own case',
    yes: 'yes',
    no: 'no',
    changes: 'Changed rows',
    kinds: {
      provider: 'provider opened',
      list: 'list read',
      'list-export': 'list downloaded',
      'ledger-export': 'ledger downloaded',
    },
  },
};

export function AuditPage() {
  const w = useWords(WORDS);
  const mayExport = useMay('exportLedger');
  const maySee = useMay('listAccess');
  const actions = mayExport ? (
    <Button asChild variant="secondary">
      <a href="/v1/ledger/export" download>
        {w.download}
      </a>
    </Button>
  ) : null;
  return (
    <Page title={w.title} lead={w.lead} actions={actions}>
      <Verification />
      <Tabs defaultValue="entries">
        <Tabs.List>
          <Tabs.Tab value="entries">{w.entries}</Tabs.Tab>
          <Tabs.Tab value="checkpoints">{w.checkpoints}</Tabs.Tab>
          <Tabs.Tab value="verify">{w.verify}</Tabs.Tab>
          {maySee ? <Tabs.Tab value="access">{w.access}</Tabs.Tab> : null}
        </Tabs.List>
        <Tabs.Panel value="entries">
          <Entries />
        </Tabs.Panel>
        <Tabs.Panel value="checkpoints">
          <Checkpoints />
        </Tabs.Panel>
        <Tabs.Panel value="verify">
          <VerifyFile />
        </Tabs.Panel>
        {maySee ? (
          <Tabs.Panel value="access">
            <Access />
          </Tabs.Panel>
        ) : null}
      </Tabs>
    </Page>
  );
}

function Verification() {
  const w = useWords(WORDS);
  const f = useFormats();
  const check = useMutation({ mutationFn: () => answer(api.GET('/v1/ledger/verification')) });
  const { data } = check;
  return (
    <div className="stack" aria-live="polite">
      <div>
        <Button variant="secondary" onClick={() => check.mutate()} disabled={check.isPending}>
          {check.isPending ? w.checking : w.check}
        </Button>
      </div>
      {check.isError ? <Problem error={check.error} /> : null}
      {data && data.problems.length === 0 ? (
        <Alert data-color="success">
          {w.holds(f.number(data.entries), f.number(data.seconds, 1))}{' '}
          {data.anchored ? w.anchored(f.number(data.anchored.size), f.number(data.anchored.uncovered)) : ''}
        </Alert>
      ) : null}
      {data && data.problems.length > 0 ? (
        <Alert data-color="danger">
          {w.broken}
          <ul>
            {data.problems.slice(0, 20).map((p) => (
              <li key={`${p.seq} ${p.problem}`}>
                {p.seq}: {p.problem}
              </li>
            ))}
          </ul>
        </Alert>
      ) : null}
    </div>
  );
}

function Entries() {
  const w = useWords(WORDS);
  const f = useFormats();
  const [typed, setTyped] = useState({ event: '', subject: '', by: '' });
  const [wanted, setWanted] = useState(typed);
  const [picked, setPicked] = useState<Entry>();
  const filter = Object.fromEntries(Object.entries(wanted).filter(([, text]) => text.trim() !== ''));
  const { query, rows, more, busy } = usePages(['entries', wanted], (cursor) =>
    answer(api.GET('/v1/ledger/entries', { params: { query: { cursor, limit: 100, ...filter } } })),
  );
  const columns: Column<Entry>[] = [
    {
      head: w.seq,
      numeric: true,
      cell: (e) => (
        <Button variant="tertiary" data-size="sm" onClick={() => setPicked(e)}>
          {e.seq}
        </Button>
      ),
    },
    { head: w.at, cell: (e) => f.instant(e.at) },
    { head: w.by, cell: (e) => e.by },
    { head: w.role, cell: (e) => e.role },
    { head: w.event, cell: (e) => e.event },
    {
      head: w.subject,
      cell: (e) => (
        <>
          {e.subject.kind} <code title={e.subject.id}>{e.subject.id.slice(0, 12)}</code>
        </>
      ),
    },
    { head: w.why, cell: (e) => e.reason ?? e.purpose },
  ];
  const field = (key: 'event' | 'subject' | 'by', label: string) => (
    <Textfield
      label={label}
      value={typed[key]}
      onChange={(change) => setTyped({ ...typed, [key]: change.target.value })}
    />
  );
  return (
    <div className="stack">
      <form
        className="row"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          setWanted(typed);
        }}
      >
        {field('event', w.eventStarts)}
        {field('subject', w.subjectStarts)}
        {field('by', w.by)}
        <Button type="submit">{w.search}</Button>
      </form>
      <Ask of={query}>
        {() =>
          rows.length === 0 ? (
            <Empty>{w.none}</Empty>
          ) : (
            <LongList
              name={w.entries}
              columns={columns}
              rows={rows}
              keyOf={(e) => String(e.seq)}
              more={more}
              busy={busy}
              widths="5rem 11rem 8rem 8rem 13rem 15rem 2fr"
            />
          )
        }
      </Ask>
      {picked ? <Picked entry={picked} /> : null}
    </div>
  );
}

function Picked({ entry }: { entry: Entry }) {
  const w = useWords(WORDS);
  const me = useMe().data;
  return (
    <section className="card" aria-live="polite">
      <Paragraph>
        <strong>{entry.seq}</strong> {entry.event}: {entry.subject.kind}{' '}
        {me?.operations.includes('getLineageGraph') ? (
          <To to={`/lineage/${encodeURIComponent(entry.subject.id)}`}>
            <code>{entry.subject.id}</code>
          </To>
        ) : (
          <code>{entry.subject.id}</code>
        )}
      </Paragraph>
      <Details data-size="sm">
        <Details.Summary>
          {w.changes} ({entry.changes.length})
        </Details.Summary>
        <Details.Content>
          <pre className="scroll" tabIndex={0}>
            {JSON.stringify(entry.changes, null, 2)}
          </pre>
        </Details.Content>
      </Details>
    </section>
  );
}

function Checkpoints() {
  const w = useWords(WORDS);
  const f = useFormats();
  const checkpoints = useQuery({ queryKey: ['checkpoints'], queryFn: () => answer(api.GET('/v1/ledger/checkpoints')) });
  return (
    <Ask of={checkpoints}>
      {(rows) =>
        rows.length === 0 ? (
          <Empty>{w.noCheckpoints}</Empty>
        ) : (
          <Rows
            name={w.checkpoints}
            rows={rows}
            keyOf={(c) => String(c.size)}
            columns={[
              { head: w.size, numeric: true, cell: (c) => f.number(c.size) },
              { head: w.at, cell: (c) => f.instant(c.at) },
              { head: w.root, cell: (c) => <Id of={c.root} /> },
            ]}
          />
        )
      }
    </Ask>
  );
}

function Access() {
  const w = useWords(WORDS);
  const f = useFormats();
  const [outside, setOutside] = useState(true);
  const { query, rows, more, busy } = usePages(['access', outside], (cursor) =>
    answer(api.GET('/v1/access', { params: { query: { cursor, outside: outside ? 'true' : 'false' } } })),
  );
  type Look = (typeof rows)[number];
  const columns: Column<Look>[] = [
    { head: w.at, cell: (r) => f.instant(r.at) },
    { head: w.by, cell: (r) => r.by },
    { head: w.role, cell: (r) => r.role },
    { head: w.kind, cell: (r) => w.kinds[r.kind] },
    { head: w.subject, cell: (r) => <code title={r.subjectId}>{r.subjectId.slice(0, 12)}</code> },
    { head: w.purpose, cell: (r) => `${r.purpose}${r.caseNo ? ` ${r.caseNo}` : ''}` },
    { head: w.rows, cell: (r) => (r.rows ? r.rows.join('–') : '') },
    { head: w.own, cell: (r) => (r.ownCase === null ? '' : r.ownCase ? w.yes : w.no) },
  ];
  return (
    <div className="stack">
      <label>
        <input type="checkbox" checked={outside} onChange={(event) => setOutside(event.target.checked)} /> {w.outside}
      </label>
      <Ask of={query}>
        {() =>
          rows.length === 0 ? (
            <Empty>{w.none}</Empty>
          ) : (
            <LongList
              name={w.access}
              columns={columns}
              rows={rows}
              keyOf={(r) => r.accessId}
              more={more}
              busy={busy}
              widths="11rem 8rem 9rem 10rem 9rem 9rem 7rem 6rem"
            />
          )
        }
      </Ask>
    </div>
  );
}
