import { CALIBRATION } from './calibration';
import type { SimulationConfig } from './simulation-config';
import { text } from './tables';

/** Diagnoses by chapter and code (SSB 2023: mental 12.2 %, airways 8.6 %, local pain 7.8 %, …; the rest spread out). */
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
  'P02',
  'R05',
];
const ICPC2 = '2.16.578.1.12.4.1.1.7170';
const amountNok = (ore: string) => `printf('%d.%02d', ${ore} // 100, ${ore} % 100)`;

/** SQL literal of the JSON of a bill up to its tariff lines, with a placeholder per value. */
const BILL_FORMAT =
  `'{"guid":"%s","regningsnummer":%d,"tidspunkt":"%s","pasient":{"id":"%s","idType":"FNR"},"utfortAv":%s,` +
  `"diagnoser":[%s],"egenandel":"%s","arsakFriEgenandel":%s,"kreditering":%s,"krediterer":%s'`;
/** The same of a message. */
const MESSAGE_FORMAT =
  `'{"mottattidspunkt":"%s","meldingsId":"%s","merknader":[%s],` +
  `"melding":{"praksisId":"%s","navnEPJ":"%s","enkeltregninger":[%s]}}'`;

/**
 * SQL for settlement messages, one per line. Lines and bills are built as text, because DuckDB sorts long structs much
 * slower.
 */
export function settlementsSql(config: SimulationConfig, from: string, until: string): string {
  const list = `[${DIAGNOSES.map(text).join(', ')}]`;
  const diagnosis = `case when b.grp in (0, 1, 2, 3, 6) then printf('{"kodeverk":"${ICPC2}","kode":"%s"}',
    ${list}[1 + cast(b.gb % ${DIAGNOSES.length} as integer)]) else '' end`;
  const broken = `(b.ga % 1000000) < ${Math.round(CALIBRATION.brokenRows * 1e6)}`;
  const corrupt = (kind: number, wrong: string, right: string) =>
    `case when ${broken} and b.gb % 3 = ${kind} then ${wrong} else ${right} end`;
  const wrongId = `b.id[1:10] || cast((cast(b.id[11] as integer) + 1) % 10 as varchar)`;
  const noSuchDay = "strftime(b.day, '%Y-02-30T10:00:00')";
  const started = "strftime(b.day + to_minutes(b.minute), '%Y-%m-%dT%H:%M:00')";
  return `
    with batch as (select * from out_bill where sent_day between date '${from}' and date '${until}'),
    lines as (
      select guid, string_agg(printf('{"takstkode":"%s","antall":%d,"belop":"%s"}', tariff, reps, ${amountNok('ore')}),
        ',' order by line_no) as takster from out_line where guid in (select guid from batch) group by guid),
    bills as (
      select b.* exclude (nr), b.nr + 100000 * datediff('month', date '${config.firstMonth}-01', b.sent_day) as nr,
        coalesce(n.id, '') as id, l.takster, a.hpr, a.practice_no
      from batch b join person n using (p) join lines l using (guid) join provider a using (idx)),
    written as (
      select b.idx, b.sent_day, b.nr, b.submission, b.received_at, b.practice_no,
        printf(${BILL_FORMAT}, b.guid, b.nr, ${corrupt(2, noSuchDay, started)}, ${corrupt(0, wrongId, 'b.id')},
          case when b.performer is null or b.performer = b.hpr then 'null' else cast(b.performer as varchar) end,
          ${diagnosis}, case when b.ore >= 16000 and b.gb % 10 < 7 then '160.00' else '0.00' end,
          case when b.gb % 10 = 9 then '"F"' else 'null' end, cast(b.is_credit as varchar),
          case when b.is_credit then '"' || b.credits || '"' else 'null' end) as bill,
        ${corrupt(1, `'{"takstkode":"x","antall":0,"belop":"-1.00"}'`, 'b.takster')} as takster,
        case when b.hit is not null then printf('{"guid":"%s","merknad":%d,"effekt":"%s","belop":"%s"}',
          b.guid, [470, 766, 502, 611, 130][1 + cast(b.ga % 5 as integer)],
          ['avvist', 'avkortet', 'merknad'][1 + b.hit],
          case b.hit when 0 then ${amountNok('b.ore')} when 1 then ${amountNok('(b.ore // 2)')} else '0.00' end)
          end as hit
      from bills b)
    select printf(${MESSAGE_FORMAT}, strftime(min(received_at), '%Y-%m-%dT%H:%M:%SZ'), min(submission),
      coalesce(string_agg(hit, ',' order by nr), ''), min(practice_no),
      ['EPJ-Nord', 'EPJ-Fjord', 'EPJ-Vidde'][1 + idx % 3],
      string_agg(bill || ',"takster":[' || takster || ']}', ',' order by nr))
    from written group by idx, sent_day order by min(received_at), idx`;
}
