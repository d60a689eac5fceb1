import { CALIBRATION, GROUPS } from '../simulation/calibration';
import { makeCases } from '../simulation/controls';
import { DEMO_CONFIG, type SimulationConfig } from '../simulation/simulation-config';
import { generate, type Scenario } from '../simulation/generate';

/** Prints docs/benchmarks/simulated-register.md's table: what the simulated register says beside what is published. */
const CONFIG: SimulationConfig = {
  ...DEMO_CONFIG,
  providers: 0.2,
  volume: 0.02,
  years: 2,
  firstMonth: '2023-01',
  controlsPerYear: 400,
};

interface Row {
  readonly figure: string;
  readonly simulated: string;
  readonly published: string;
  readonly source: string;
}

type Sums = Readonly<Record<string, number>>;
type Providers = Scenario['providers'];

const share = (n: number, of: number) => `${((100 * n) / of).toFixed(1)} %`;

const KIND = '(select kind from tariff t where t.code = l.tariff)';
/** What a month of receipt adds up to; credited bills do not count in the refunds. */
const MONTH_SUMS = `
  select (select count(*) from out_bill)::double as bills, (select count(*) from out_line)::double as lines,
    (select sum(ore) from out_bill where not is_credit)::double as ore,
    (select sum(case hit when 0 then ore when 1 then ore // 2 else 0 end) from out_bill)::double as rejected,
    (select count(*) from out_bill where is_credit)::double as credits,
    (select count(distinct submission) from out_bill)::double as submissions,
    count(*) filter (b.grp = 0 and ${KIND} = 'consultation')::double as consultations,
    count(*) filter (b.grp = 0 and ${KIND} = 'time-add-on')::double as time_add_ons,
    count(*) filter (b.grp = 0 and ${KIND} = 'e-consultation')::double as e_consultations,
    count(*) filter (b.grp = 0 and ${KIND} = 'simple-contact')::double as simple_contacts,
    count(*) filter (b.grp = 0 and ${KIND} = 'visit')::double as visits
  from out_line l join out_bill b using (guid)`;

async function simulate(): Promise<{ sums: Sums; providers: Providers }> {
  const sums: Record<string, number> = {};
  const { providers } = await generate(CONFIG, {
    async month(duck) {
      const reader = await duck.runAndReadAll(MONTH_SUMS);
      reader.columnNames().forEach((name, i) => {
        sums[name] = (sums[name] ?? 0) + Number(reader.getRows()[0]![i] ?? 0);
      });
    },
  });
  return { sums, providers };
}

function volumeRows(sums: Sums): Row[] {
  const perYear = sums['bills']! / CONFIG.years / CONFIG.providers / CONFIG.volume;
  return [
    { figure: 'providers at full size', simulated: '23,000', published: '23,000', source: 'Riksrevisjonen 2022' },
    {
      figure: 'bills a year at full size and volume',
      simulated: `${(perYear / 1e6).toFixed(0)} M`,
      published: 'about 120 M',
      source: 'research project 1136',
    },
    {
      figure: 'refunds and fees a year at full size and volume',
      simulated:
        `NOK ${(sums['ore']! / 100 / CONFIG.years / CONFIG.providers / CONFIG.volume / 1e9).toFixed(0)} bn (full ` +
        'fees)',
      published: 'NOK 49.2 bn refunds, a third medicines',
      source: 'Helfo 2024',
    },
  ];
}

function useRows(sums: Sums): Row[] {
  const ratio = (a: string, b: string) => (sums[a]! / sums[b]!).toFixed(2);
  return [
    { figure: 'lines a bill', simulated: ratio('lines', 'bills'), published: '–', source: 'not published' },
    {
      figure: 'time add-ons a GP consultation',
      simulated: ratio('time_add_ons', 'consultations'),
      published: '0.39',
      source: 'SSB 2017',
    },
    {
      figure: 'simple contacts a GP consultation',
      simulated: ratio('simple_contacts', 'consultations'),
      published: '1.03',
      source: 'SSB 2017 (14.9 M to 14.4 M)',
    },
    {
      figure: 'visits a GP consultation',
      simulated: (sums['visits']! / sums['consultations']!).toFixed(3),
      published: '0.006',
      source: 'SSB 2017',
    },
    {
      figure: 'e-consultations among GP consultations',
      simulated: share(sums['e_consultations']!, sums['consultations']! + sums['e_consultations']!),
      published: '0.6 % in 2017, a large share from 2020',
      source: 'SSB',
    },
    {
      figure: 'rejected or curtailed, of NOK',
      simulated: share(sums['rejected']!, sums['ore']!),
      published: '2.3 %',
      source: 'Helfo 2023',
    },
    {
      figure: 'crediting bills',
      simulated: share(sums['credits']!, sums['bills']!),
      published: '–',
      source: 'assumption',
    },
  ];
}

function providerRows(providers: Providers): Row[] {
  const guilty = (latent: string) => share(providers.filter((a) => a.latent === latent).length, providers.length);
  const field = (code: string) => share(providers.filter((a) => a.group.field === code).length, providers.length);
  return [
    ...['LE', 'FY', 'TH', 'PS'].map((code) => ({
      figure: `providers in ${code}`,
      simulated: field(code),
      published: { LE: '45 %', FY: '22 %', TH: '18 %', PS: '7 %' }[code]!,
      source: 'assumption of the notes',
    })),
    {
      figure: 'providers with serious latent error',
      simulated: guilty('serious'),
      published: '1–3 %',
      source: 'assumption of the notes',
    },
    {
      figure: 'providers with minor latent error',
      simulated: guilty('minor'),
      published: '15–25 %',
      source: 'assumption of the notes',
    },
    { figure: 'benign outliers', simulated: guilty('benign-outlier'), published: '–', source: 'assumption' },
  ];
}

function controlRows(providers: Providers): Row[] {
  const events = makeCases(CONFIG, providers).map(({ event }) => event);
  const of = (type: string) => events.filter((event) => event['type'] === type);
  const found = of('vedtak').filter((event) => !['none', 'guidance'].includes(String(event['utfall'])));
  const opened = new Map(of('apnet').map((event) => [event['saksnr'], String(event['apnet'])]));
  const delays = of('vedtak')
    .map(
      (event) => (Date.parse(String(event['vedtatt'])) - Date.parse(opened.get(event['saksnr'])!)) / 86_400_000 / 30.4,
    )
    .sort((a, b) => a - b);
  const appeals = of('klage').filter((event) => event['innkommet'] !== undefined);
  return [
    {
      figure: 'months from opening to decision, median',
      simulated: (delays[Math.floor(delays.length / 2)] ?? 0).toFixed(1),
      published: '9–14',
      source: 'derived from Helfo 2024',
    },
    {
      figure: 'controls that found something',
      simulated: share(found.length, of('vedtak').length),
      published: '80–94 % of concluded controls',
      source: 'Riksrevisjonen 2022, Helfo 2024',
    },
    {
      figure: 'appeals of decisions',
      simulated: share(appeals.length, found.length),
      published: 'about 60 % (44 of 73)',
      source: 'derived from Helfo 2024',
    },
    {
      figure: 'appeals that reverse',
      simulated: share(appeals.filter((e) => e['resultat'] === 'reversed').length, appeals.length),
      published: '10–20 %',
      source: 'assumption of the notes',
    },
  ];
}

const scaleRows = (): Row[] => [
  { figure: 'groups simulated', simulated: String(GROUPS.length), published: '12 named', source: 'Helfo 2020, 2024' },
  { figure: 'dead a year', simulated: share(CALIBRATION.mortalityYearly, 1), published: '–', source: 'assumption' },
];

async function main(): Promise<void> {
  const { sums, providers } = await simulate();
  const rows = [
    ...volumeRows(sums),
    ...useRows(sums),
    ...providerRows(providers),
    ...controlRows(providers),
    ...scaleRows(),
  ];
  process.stdout.write(
    '| figure | simulated | published | source |\n| --- | --- | --- | --- ' +
      `|\n${rows.map((r) => `| ${r.figure} | ${r.simulated} | ${r.published} | ${r.source} |`).join('\n')}\n`,
  );
}

void main();
