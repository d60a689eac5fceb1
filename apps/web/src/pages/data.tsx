import { Search, Tabs } from '@digdir/designsystemet-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { answer, api } from '../api/client';
import { Id, Page } from '../components/page';
import { usePages } from '../components/use-infinite-pages';
import { Ask, Empty } from '../components/states';
import { type Column, LongList } from '../components/table';
import { useMay } from '../layout';
import { useFormats, useLanguage, useWords } from '../i18n';

const WORDS = {
  nb: {
    title: 'Data',
    lead: 'Hva som er lastet, hva som ble holdt igjen, hva som er trukket ut, og hva egenskapene betyr. Lastet + karantene = lest.',
    loads: 'Lastinger',
    quarantine: 'Karantene',
    snapshots: 'Uttrekk',
    features: 'Egenskaper',
    deviations: 'Avvik i MLflow',
    file: 'Fil',
    kind: 'Slag',
    read: 'Lest',
    loaded: 'Lastet',
    held: 'Karantene',
    known: 'Kjent til',
    at: 'Når',
    none: 'Ingenting her.',
    line: 'Linje',
    item: 'Gjelder',
    field: 'Felt',
    value: 'Verdi',
    reason: 'Grunn',
    snapshot: 'Uttrekk',
    asOf: 'Per',
    horizon: 'Siste lasting',
    rows: 'Rader',
    name: 'Navn',
    meaning: 'Betydning',
    purpose: 'Hvorfor',
    source: 'Kilde',
    unit: 'Enhet',
    find: 'Søk i egenskapene',
    count: (n: string) => `${n} egenskaper`,
    what: 'Hva',
    expected: 'Skulle vært',
    found: 'Var',
  },
  en: {
    title: 'Data',
    lead: 'What was loaded, what was held back, what was extracted, and what features mean. Loaded + quarantined = read.',
    loads: 'Loads',
    quarantine: 'Quarantine',
    snapshots: 'Snapshots',
    features: 'Features',
    deviations: 'Deviations in MLflow',
    file: 'File',
    kind: 'Kind',
    read: 'Read',
    loaded: 'Loaded',
    held: 'Quarantined',
    known: 'Known until',
    at: 'When',
    none: 'Nothing here.',
    line: 'Line',
    item: 'About',
    field: 'Field',
    value: 'Value',
    reason: 'Reason',
    snapshot: 'Snapshot',
    asOf: 'As of',
    horizon: 'Last load',
    rows: 'Rows',
    name: 'Name',
    meaning: 'Meaning',
    purpose: 'Why',
    source: 'Source',
    unit: 'Unit',
    find: 'Search the features',
    count: (n: string) => `${n} features`,
    what: 'What',
    expected: 'Expected',
    found: 'There was',
  },
};

export function DataPage() {
  const w = useWords(WORDS);
  const mayHeld = useMay('listQuarantine');
  return (
    <Page title={w.title} lead={w.lead}>
      <Tabs defaultValue="loads">
        <Tabs.List>
          <Tabs.Tab value="loads">{w.loads}</Tabs.Tab>
          {mayHeld ? <Tabs.Tab value="quarantine">{w.quarantine}</Tabs.Tab> : null}
          <Tabs.Tab value="snapshots">{w.snapshots}</Tabs.Tab>
          <Tabs.Tab value="features">{w.features}</Tabs.Tab>
          <Tabs.Tab value="deviations">{w.deviations}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="loads">
          <Loads />
        </Tabs.Panel>
        {mayHeld ? (
          <Tabs.Panel value="quarantine">
            <Quarantine />
          </Tabs.Panel>
        ) : null}
        <Tabs.Panel value="snapshots">
          <Snapshots />
        </Tabs.Panel>
        <Tabs.Panel value="features">
          <Features />
        </Tabs.Panel>
        <Tabs.Panel value="deviations">
          <Deviations />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Paged<T>({
  of,
  name,
  columns,
  keyOf,
  widths,
}: {
  of: ReturnType<typeof usePages<T>>;
  name: string;
  columns: readonly Column<T>[];
  keyOf: (row: T) => string;
  widths: string;
}) {
  const w = useWords(WORDS);
  return (
    <Ask of={of.query}>
      {() =>
        of.rows.length === 0 ? (
          <Empty>{w.none}</Empty>
        ) : (
          <LongList
            name={name}
            columns={columns}
            rows={of.rows}
            keyOf={keyOf}
            more={of.more}
            busy={of.busy}
            widths={widths}
          />
        )
      }
    </Ask>
  );
}

function Loads() {
  const w = useWords(WORDS);
  const f = useFormats();
  const pages = usePages(['loads'], (cursor) => answer(api.GET('/v1/loads', { params: { query: { cursor } } })));
  return (
    <Paged
      of={pages}
      name={w.loads}
      keyOf={(l) => String(l.batchId)}
      widths="2fr 8rem 8rem 8rem 7rem 11rem 11rem"
      columns={[
        { head: w.file, cell: (l) => l.file },
        { head: w.kind, cell: (l) => l.kind },
        { head: w.read, numeric: true, cell: (l) => f.number(l.read) },
        { head: w.loaded, numeric: true, cell: (l) => f.number(l.loaded) },
        { head: w.held, numeric: true, cell: (l) => f.number(l.quarantined) },
        { head: w.known, cell: (l) => f.instant(l.knownUntil) },
        { head: w.at, cell: (l) => f.instant(l.at) },
      ]}
    />
  );
}

function Quarantine() {
  const w = useWords(WORDS);
  const pages = usePages(['quarantine'], (cursor) =>
    answer(api.GET('/v1/quarantine', { params: { query: { cursor } } })),
  );
  return (
    <Paged
      of={pages}
      name={w.quarantine}
      keyOf={(q) => String(q.id)}
      widths="2fr 5rem 2fr 8rem 9rem 3fr"
      columns={[
        { head: w.file, cell: (q) => q.file },
        { head: w.line, numeric: true, cell: (q) => q.line },
        { head: w.item, cell: (q) => q.item },
        { head: w.field, cell: (q) => q.field },
        { head: w.value, cell: (q) => q.value },
        { head: w.reason, cell: (q) => <span title={q.reason}>{q.reason}</span> },
      ]}
    />
  );
}

function Snapshots() {
  const w = useWords(WORDS);
  const f = useFormats();
  const pages = usePages(['snapshots'], (cursor) =>
    answer(api.GET('/v1/snapshots', { params: { query: { cursor } } })),
  );
  return (
    <Paged
      of={pages}
      name={w.snapshots}
      keyOf={(s) => s.snapshotId}
      widths="2fr 12rem 8rem 9rem 12rem"
      columns={[
        { head: w.snapshot, cell: (s) => <Id of={s.snapshotId} to={`/lineage/${s.snapshotId}`} /> },
        { head: w.asOf, cell: (s) => f.instant(s.asOf) },
        { head: w.horizon, numeric: true, cell: (s) => s.horizon },
        { head: w.rows, numeric: true, cell: (s) => f.number(s.rows) },
        { head: w.at, cell: (s) => f.instant(s.madeAt) },
      ]}
    />
  );
}

function Features() {
  const w = useWords(WORDS);
  const f = useFormats();
  const { language } = useLanguage();
  const [word, setWord] = useState('');
  const features = useQuery({
    queryKey: ['features'],
    queryFn: () => answer(api.GET('/v1/features')),
    staleTime: Infinity,
  });
  const rows = useMemo(
    () =>
      (features.data ?? []).filter((x) =>
        `${x.name} ${x.nb} ${x.en} ${x.purpose} ${x.source}`.toLowerCase().includes(word.toLowerCase()),
      ),
    [features.data, word],
  );
  return (
    <div className="stack">
      <Search>
        <Search.Input aria-label={w.find} value={word} onChange={(event) => setWord(event.target.value)} />
        <Search.Clear onClick={() => setWord('')} />
      </Search>
      <Ask of={features}>
        {() =>
          rows.length === 0 ? (
            <Empty>{w.none}</Empty>
          ) : (
            <>
              <span aria-live="polite">{w.count(f.number(rows.length))}</span>
              <LongList
                name={w.features}
                rows={rows}
                keyOf={(x) => x.name}
                more={undefined}
                busy={false}
                widths="2fr 3fr 2fr 7rem 6rem"
                columns={[
                  { head: w.name, cell: (x) => <code title={x.name}>{x.name}</code> },
                  { head: w.meaning, cell: (x) => <span title={x[language]}>{x[language]}</span> },
                  { head: w.purpose, cell: (x) => x.purpose },
                  { head: w.source, cell: (x) => x.source },
                  { head: w.unit, cell: (x) => x.unit },
                ]}
              />
            </>
          )
        }
      </Ask>
    </div>
  );
}

function Deviations() {
  const w = useWords(WORDS);
  const f = useFormats();
  const deviations = useQuery({ queryKey: ['deviations'], queryFn: () => answer(api.GET('/v1/deviations')) });
  return (
    <Ask of={deviations}>
      {(rows) =>
        rows.length === 0 ? (
          <Empty>{w.none}</Empty>
        ) : (
          <LongList
            name={w.deviations}
            rows={rows}
            keyOf={(d) => `${d.foundAt} ${d.subjectId} ${d.what}`}
            more={undefined}
            busy={false}
            widths="11rem 8rem 9rem 2fr 2fr 2fr"
            columns={[
              { head: w.at, cell: (d) => f.instant(d.foundAt) },
              { head: w.kind, cell: (d) => d.kind },
              { head: w.item, cell: (d) => <Id of={d.subjectId} /> },
              { head: w.what, cell: (d) => d.what },
              { head: w.expected, cell: (d) => d.expected },
              { head: w.found, cell: (d) => d.found },
            ]}
          />
        )
      }
    </Ask>
  );
}
