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
  `'{"guid":"%s","regningsnummer":"%d","tidspunkt":"%s",` +
  `"pasient":{"identifikasjon":{"id":"%s","type":"FNR"}},"utforendeBehandler":%s,` +
  `"diagnoser":[%s],"betaltEgenandel":%s,"arsakFriEgenandel":%s,"belop":%s'`;
/** The same of a claim message in the line of an archive. */
const MESSAGE_FORMAT =
  `'{"mottatt":"%s","behandlerkravmeldingId":"%s","dokument":{"praksisId":"%s",` +
  `"behandlerkrav":{"navnEPJ":"%s","regninger":[%s]}}}'`;
/** The same of a status answer, which follows the message by a minute, as the automatic control takes no longer. */
const STATUS_FORMAT =
  `'{"mottatt":"%s","dokument":{"behandlerkravmeldingId":"%s","meldingsstatus":"ferdig_behandlet",` +
  `"kontrollstatus":"ferdig_kontrollert","utbetalingsstatus":"utbetalt","praksisId":"%s","mottattidspunkt":"%s",` +
  `"sumKravbelop":%s,"sumUtbetaltbelop":%s,"antallRegninger":%d,"innsending":{"regninger":[%s],"merknader":[]}}}'`;

/**
 * SQL for claim messages and the payer's status answers, one document a line. Lines and bills are built as text,
 * because DuckDB sorts long structs much slower. A credit repeats the guid of the bill with nothing but its mark. The
 * amount of a line is that of its first occurrence, rounded to øre.
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
  const instant = (value: string) => `strftime(${value}, '%Y-%m-%dT%H:%M:%SZ')`;
  return `
    with batch as (select * from out_bill where sent_day between date '${from}' and date '${until}'),
    lines as (
      select guid, sum(ore // reps * reps) as total,
        string_agg(printf('{"kode":"%s","antall":%d,"belop":%s}', tariff, reps, ${amountNok('(ore // reps)')}),
          ',' order by line_no) as takster from out_line where guid in (select guid from batch) group by guid),
    bills as (
      select b.* exclude (nr), b.nr + 100000 * datediff('month', date '${config.firstMonth}-01', b.sent_day) as nr,
        coalesce(n.id, '') as id, l.takster, coalesce(l.total, 0) as total, a.hpr, a.practice_no
      from batch b join person n using (p) join lines l using (guid) join provider a using (idx)),
    written as (
      select b.idx, b.sent_day, b.nr, b.submission, b.received_at, b.practice_no, b.is_credit, b.total,
        case when b.is_credit then printf('{"guid":"%s","kreditering":true}', b.credits) else
        printf(${BILL_FORMAT}, b.guid, b.nr, ${corrupt(2, noSuchDay, started)}, ${corrupt(0, wrongId, 'b.id')},
          case when b.performer is null or b.performer = b.hpr then 'null'
            else printf('{"identifikasjon":{"id":"%d","type":"HPR"}}', b.performer) end,
          ${diagnosis}, case when b.ore >= 16000 and b.gb % 10 < 7 then 'true' else 'false' end,
          case when b.gb % 10 = 9 then '"F"' else 'null' end, ${amountNok('b.total')})
        || ',"takster":[' || ${corrupt(1, `'{"kode":"x","antall":0,"belop":-1.00}'`, 'b.takster')} || ']}' end as bill,
        case when b.is_credit then null else printf('{"guid":"%s","status":"%s","merknader":[%s]}', b.guid,
          case when b.hit = 0 then 'avvist' else 'godkjent' end,
          case when b.hit is null then '' else printf('{"nummer":%d}',
            [470, 766, 502, 611, 130][1 + cast(b.ga % 5 as integer)]) end) end as status,
        case when b.is_credit or b.hit = 0 then 0 when b.hit = 1 then b.total // 2 else b.total end as paid
      from bills b),
    messages as (
      select idx, min(received_at) as received_at, min(submission) as submission, min(practice_no) as practice_no,
        string_agg(bill, ',' order by nr) as bills, string_agg(status, ',' order by nr) as statuses,
        count(status) as n, coalesce(sum(total) filter (not is_credit), 0) as claimed, sum(paid) as paid
      from written group by idx, sent_day)
    select document from (
      select received_at, idx, 1 as k, printf(${MESSAGE_FORMAT}, ${instant('received_at')}, submission, practice_no,
        ['EPJ-Nord', 'EPJ-Fjord', 'EPJ-Vidde'][1 + idx % 3], bills) as document from messages
      union all select received_at, idx, 2, printf(${STATUS_FORMAT}, ${instant('received_at + interval 1 minute')},
        submission, practice_no, ${instant('received_at')}, ${amountNok('claimed')}, ${amountNok('paid')}, n, statuses)
        from messages where n > 0)
    order by received_at, idx, k`;
}
