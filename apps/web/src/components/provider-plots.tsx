import { Paragraph } from '@digdir/designsystemet-react';
import type { EChartsOption } from 'echarts';
import { useMemo } from 'react';
import type { Provider, Day } from '../api/client';
import { useFormats, useWords } from '../i18n';
import { Chart } from './chart';
import { Id, Section } from './page';
import { Rows } from './table';

const WORDS = {
  nb: {
    peers: 'Ved siden av like aktører',
    peersLead:
      'Der aktøren skiller seg mest ut blant sin gruppe på samme dato. Streken er 10. til 90. prosentil, den tykke delen midterste halvdel, prikken aktøren.',
    feature: 'Hva',
    value: 'Aktøren',
    median: 'Median',
    spread: '10.–90. prosentil',
    deviation: 'Avvik',
    n: 'Like aktører',
    ranks: 'Plass over tid',
    probability: 'Sannsynlighet',
    rank: 'Plass',
    list: 'Liste',
    asOf: 'Per',
    events: { econsult: 'e-konsultasjon som ordinært tilbud', tariff: 'takster 1. juli 2024' },
    months: 'Refusjon etter måned',
    month: 'Måned',
    amountNok: 'Kroner',
    bills: 'Regninger',
    patients: 'Pasienter',
    day: (minutes: string) => `${minutes} minutter krevd denne dagen`,
    empty: 'Ingen kontakter denne dagen.',
    time: 'Klokken',
    minutes: 'Minutter',
    tariffs: 'Takster',
    performer: 'Utført av',
    holder: 'innehaver',
    beside: 'kan gå ved siden av annet',
    contacts: 'Kontakter',
  },
  en: {
    peers: 'Beside peers',
    peersLead:
      'Where the provider stands farthest out in its group at the same date. The line is the 10th to 90th percentile, its thick part the middle half, the dot the provider.',
    feature: 'What',
    value: 'Provider',
    median: 'Median',
    spread: '10th–90th percentile',
    deviation: 'Deviation',
    n: 'Peers',
    ranks: 'Rank over time',
    probability: 'Probability',
    rank: 'Rank',
    list: 'List',
    asOf: 'As of',
    events: { econsult: 'e-consultation made ordinary', tariff: 'tariffs of 1 July 2024' },
    months: 'Refunds by month',
    month: 'Month',
    amountNok: 'NOK',
    bills: 'Bills',
    patients: 'Patients',
    day: (minutes: string) => `${minutes} minutes claimed this day`,
    empty: 'No contacts this day.',
    time: 'Time',
    minutes: 'Minutes',
    tariffs: 'Tariffs',
    performer: 'Done by',
    holder: 'holder',
    beside: 'may run beside other work',
    contacts: 'Contacts',
  },
};

/** Events that changed everybody's figures at once (domain: behaviour in 2020 and 2024). */
const EVENTS = [
  ['econsult', '2020-04-01'],
  ['tariff', '2024-07-01'],
] as const;

function Box({ of: { value, quantiles } }: { of: Provider['peers'][number] }) {
  const [p10 = 0, p25 = 0, p50 = 0, p75 = 0, p90 = 0] = quantiles;
  const [low, high] = [Math.min(value, p10), Math.max(value, p90)];
  const at = (x: number) => `${4 + (92 * (x - low)) / (high - low || 1)}%`;
  return (
    <svg aria-hidden="true" focusable="false" width="100%" height="22" style={{ minWidth: '10rem' }}>
      <line x1={at(p10)} x2={at(p90)} y1="50%" y2="50%" stroke="currentColor" strokeOpacity="0.4" strokeWidth="2" />
      <line x1={at(p25)} x2={at(p75)} y1="50%" y2="50%" stroke="currentColor" strokeOpacity="0.4" strokeWidth="9" />
      <line x1={at(p50)} x2={at(p50)} y1="20%" y2="80%" stroke="currentColor" strokeWidth="2" />
      <circle cx={at(value)} cy="50%" r="5" className="bar" />
    </svg>
  );
}

export function PeerPlot({ of: { peers, group } }: { of: Provider }) {
  const w = useWords(WORDS);
  const f = useFormats();
  if (peers.length === 0) return null;
  return (
    <Section title={`${w.peers} (${group})`} lead={w.peersLead}>
      <Rows
        name={w.peers}
        rows={peers}
        keyOf={(p) => p.feature}
        columns={[
          { head: w.feature, cell: (p) => p.words },
          { head: w.value, numeric: true, cell: (p) => f.figure(p.value, p.unit) },
          { head: w.median, numeric: true, cell: (p) => f.figure(p.quantiles[2] ?? 0, p.unit) },
          {
            head: w.spread,
            cell: (p) => (
              <>
                <Box of={p} />
                <span className="hidden">
                  {f.figure(p.quantiles[0] ?? 0, p.unit)} – {f.figure(p.quantiles[4] ?? 0, p.unit)}
                </span>
              </>
            ),
          },
          { head: w.deviation, numeric: true, cell: (p) => f.number(p.deviation, 1) },
          { head: w.n, numeric: true, cell: (p) => f.number(p.peers) },
        ]}
      />
    </Section>
  );
}

/** Events within a range of days, as lines across a chart. */
const eventLines = (names: Readonly<Record<'econsult' | 'tariff', string>>, from: string, to: string) => ({
  symbol: 'none' as const,
  silent: true,
  label: { formatter: (p: { name: string }) => p.name },
  data: EVENTS.filter(([, day]) => day >= from && day <= to).map(([name, day]) => ({ xAxis: day, name: names[name] })),
});

export function RankHistory({ of: { ranks } }: { of: Provider }) {
  const w = useWords(WORDS);
  const f = useFormats();
  const option = useMemo<EChartsOption>(() => {
    const days = ranks.map((r) => r.asOf.slice(0, 10));
    return {
      xAxis: { type: 'time' },
      yAxis: { type: 'value', min: 0, max: 1, name: w.probability },
      series: [
        {
          type: 'line',
          name: w.probability,
          symbolSize: 8,
          data: ranks.map((r) => [r.asOf, r.probability]),
          markLine: eventLines(w.events, days[0] ?? '', days.at(-1) ?? ''),
        },
      ],
    };
  }, [ranks, w]);
  if (ranks.length === 0) return null;
  const rows = (
    <Rows
      name={w.ranks}
      rows={ranks}
      keyOf={(r) => r.listId}
      columns={[
        { head: w.asOf, cell: (r) => f.date(r.asOf) },
        { head: w.rank, numeric: true, cell: (r) => `${f.number(r.rank)} / ${f.number(r.of)}` },
        { head: w.probability, numeric: true, cell: (r) => f.share(r.probability) },
        { head: w.list, cell: (r) => <Id of={r.listId} to={`/lists/${r.listId}`} /> },
      ]}
    />
  );
  return (
    <Section title={w.ranks}>
      {ranks.length > 1 ? <Chart name={w.ranks} option={option} low table={rows} /> : rows}
    </Section>
  );
}

export function PartitionCreator({ of: { months } }: { of: Provider }) {
  const w = useWords(WORDS);
  const f = useFormats();
  const option = useMemo<EChartsOption>(
    () => ({
      xAxis: { type: 'time' },
      yAxis: { type: 'value', name: w.amountNok },
      series: [
        {
          type: 'bar',
          name: w.amountNok,
          data: months.map((m) => [m.month, Math.round(m.amountOre / 100)]),
          markLine: eventLines(w.events, months[0]?.month ?? '', months.at(-1)?.month ?? ''),
        },
      ],
    }),
    [months, w],
  );
  if (months.length === 0) return null;
  return (
    <Section title={w.months}>
      <Chart
        name={w.months}
        option={option}
        low
        table={
          <Rows
            name={w.months}
            rows={months}
            keyOf={(m) => m.month}
            columns={[
              { head: w.month, cell: (m) => f.month(m.month) },
              { head: w.amountNok, numeric: true, cell: (m) => f.amountNok(m.amountOre) },
              { head: w.bills, numeric: true, cell: (m) => f.number(m.bills) },
              { head: w.patients, numeric: true, cell: (m) => f.number(m.patients) },
            ]}
          />
        }
      />
    </Section>
  );
}

const DAY_MINUTES = 1440;
const LANE_PX = 16;

/** Contacts of a day on a strip of 24 hours; those that overlap lie on lanes below each other. */
export function DayStrip({ of: { contacts, minutes } }: { of: Day }) {
  const w = useWords(WORDS);
  const f = useFormats();
  const lanes = useMemo(() => {
    const ends: number[] = [];
    return contacts.map((c) => {
      const found = ends.findIndex((end) => end <= c.minute);
      const lane = found >= 0 ? found : ends.length;
      ends[lane] = c.minute + Math.max(1, c.minutes);
      return lane;
    });
  }, [contacts]);
  if (contacts.length === 0) return <Paragraph>{w.empty}</Paragraph>;
  const height = 20 + (Math.max(...lanes) + 1) * LANE_PX;
  const at = (minute: number) => `${(100 * minute) / DAY_MINUTES}%`;
  return (
    <>
      <Paragraph>
        <strong>{w.day(f.number(minutes))}</strong>
      </Paragraph>
      <div className="scroll" tabIndex={0} role="region" aria-label={w.contacts}>
        <svg
          role="img"
          aria-label={w.day(f.number(minutes))}
          width="100%"
          height={height}
          style={{ minWidth: '44rem', display: 'block' }}
        >
          {[0, 3, 6, 9, 12, 15, 18, 21].map((hour) => (
            <g key={hour}>
              <line x1={at(60 * hour)} x2={at(60 * hour)} y1="0" y2="100%" stroke="currentColor" strokeOpacity="0.15" />
              <text x={at(60 * hour)} dx="3" y="12" fontSize="11" fill="currentColor">
                {String(hour).padStart(2, '0')}
              </text>
            </g>
          ))}
          {contacts.map((c, i) => (
            <rect
              key={`${c.billNo} ${i}`}
              className={c.beside ? 'bar against' : 'bar'}
              x={at(c.minute)}
              width={at(Math.max(1, c.minutes))}
              y={18 + lanes[i]! * LANE_PX}
              height={LANE_PX - 4}
            >
              <title>{`${f.clock(c.minute)}, ${c.minutes} min: ${c.tariffs.join(', ')}`}</title>
            </rect>
          ))}
        </svg>
      </div>
      <Rows
        name={w.contacts}
        rows={contacts}
        keyOf={(c) => `${c.billNo} ${c.minute}`}
        columns={[
          { head: w.time, cell: (c) => f.clock(c.minute) },
          { head: w.minutes, numeric: true, cell: (c) => `${c.minutes}${c.beside ? ` (${w.beside})` : ''}` },
          { head: w.performer, cell: (c) => (c.performer === 0 ? w.holder : c.performer) },
          { head: w.tariffs, cell: (c) => c.tariffs.join(', ') },
          { head: w.amountNok, numeric: true, cell: (c) => f.amountNok(c.amountOre) },
        ]}
      />
    </>
  );
}
