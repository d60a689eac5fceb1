import type { DuckDBConnection } from '@duckdb/node-api';
import type { SimProvider } from './register';
import { text } from './tables';

/**
 * Messages of eResept as the public schemas have them: a settlement (M18) of each pharmacy and day of receipt with its
 * signed prescriptions (M1) attached, its result (M22) and its payment (M23). Product numbers, prices and remarks are
 * made up.
 */
const KITH = 'http://www.kith.no/xmlstds';
const PAYER_ORGNR = '889640782';
/** Products whose refund needs a decision for each patient from a day on (published: GLP-1, July 2024). */
const INDIVIDUAL = { atc: 'A10BJ', from: '2024-07-01' } as const;
const DIAGNOSIS: Readonly<Record<string, string>> = {
  C10AA: 'T93',
  N02CC: 'N89',
  A10BJ: 'T90',
  C09AA: 'K86',
  R03AK: 'R96',
  N06AB: 'P76',
  J01CA: 'R74',
};
/** Co-payment (egenandel): this share of the price, up to this amount a dispensing. Made up, in the order of truth. */
const COPAY = { share: 0.5, mostOre: 26_000 } as const;
/** What a pharmacy pays of the price, at least and at most (made up). */
const PURCHASE = { least: 0.6, most: 0.85 } as const;
/** One bill in so many is rejected by the rule engine (made up). */
const REJECTED_OF = 100;

const uuid = (a: string, b: string) =>
  `printf('%08x-%04x-4%03x-a%03x-%012x', ${a} >> 32, (${a} >> 16) & 65535, (${a} >> 4) & 4095, ${b} >> 52, ${b} & ` +
  '281474976710655)';
const kroner = (ore: string) => `printf('%d.%02d', ${ore} // 100, ${ore} % 100)`;
const timeOf = (at: string) => `strftime(${at}, '%Y-%m-%dT%H:%M:%SZ')`;
/** SQL that joins literals and expressions; `{…}` marks an expression. */
const join = (template: string) =>
  template
    .split(/[{}]/)
    .map((part, i) => (i % 2 === 0 ? text(part) : part))
    .filter((part) => part !== "''")
    .join(' || ');
const ident = (id: string, kind: string) => `<Ident><Id>${id}</Id><TypeId V="${kind}"/></Ident>`;

interface Envelope {
  readonly type: string;
  readonly made: string;
  readonly id: string;
  readonly sender: string;
  readonly receiver: string;
  readonly patient?: string;
  readonly documents: string;
}
const message = ({ type, made, id, sender, receiver, patient = '', documents }: Envelope) =>
  `<MsgHead xmlns="${KITH}/msghead/2006-05-24"><MsgInfo><Type V="ER${type}"/><MIGversion>v1.2 2006-05-24` +
  `</MIGversion><GenDate>${made}</GenDate><MsgId>${id}</MsgId><Sender><Organisation>${sender}</Organisation>` +
  `</Sender><Receiver><Organisation>${receiver}</Organisation></Receiver>${patient}</MsgInfo>${documents}</MsgHead>`;
const document = (content: string, connection = 'H') =>
  `<Document><DocumentConnection V="${connection}"/><RefDoc><Content>${content}</Content></RefDoc></Document>`;

const diagnosisCases = Object.entries(DIAGNOSIS)
  .map(([atc, code]) => `when ${text(atc)} then ${text(code)}`)
  .join(' ');
const ICPC2 = '2.16.578.1.12.4.1.1.7170';

/** The prescription: packages as written, to be given once. */
const PRESCRIPTION = message({
  type: 'M1',
  made: "{strftime(day, '%Y-%m-%dT12:00:00Z')}",
  id: '{rx}',
  sender: ident('{office}', 'ENH') + `<HealthcareProfessional>${ident('{hpr}', 'HPR')}</HealthcareProfessional>`,
  receiver: ident('994598759', 'ENH'),
  patient: `<Patient>${ident('{id}', 'FNR')}</Patient>`,
  documents: document(
    `<Resept xmlns="${KITH}/eresept/m1/2013-10-08"><Forskrivningsdato>{cast(day as varchar)}</Forskrivningsdato>` +
      '<Utloper>{cast(day + 365 as varchar)}</Utloper><ReseptDokLegemiddel><Varegruppekode V="L"/>' +
      '<Antall>{cast(packages as varchar)}</Antall><RefHjemmel V="{basis}"/>' +
      `<RefKode V="{diagnosis}" S="${ICPC2}"/><Reiterasjon>0</Reiterasjon>` +
      `<BytteresRekvirent V="{case when reservation then '1' else '2' end}"/>` +
      `<Forskrivning xmlns="${KITH}/eresept/forskrivning/2013-10-08"><Legemiddelpakning><Atc V="{atc}"/>` +
      '<Varenr>{product}</Varenr></Legemiddelpakning></Forskrivning></ReseptDokLegemiddel></Resept>',
  ),
});

const FK1 = `${KITH}/felleskomponent1`;
const fk1Ident = (id: string, kind: string) =>
  `<Ident><Id xmlns="${FK1}">${id}</Id><TypeId V="${kind}" xmlns="${FK1}"/></Ident>`;

const BILL =
  '<Enkeltregning><RegningsNr>{bill_no}</RegningsNr><SumRefusjon V="{' +
  `${kroner('refund')}}" U="NOK"/><ReseptId>{rx}</ReseptId><Utlevering>` +
  "<Registreringsdato>{strftime(dispensed_day, '%Y-%m-%dT10:00:00')}</Registreringsdato>" +
  "<Dato>{strftime(dispensed_day, '%Y-%m-%dT00:00:00')}</Dato>" +
  '{case when reservation then \'<BytteRes V="1" DN="Rekvirent"/>\' else \'\' end}' +
  '<Nodekspedisjon V="2" DN="Nei"/><ReseptType V="1" DN="Elektronisk resept"/><Multidose>false</Multidose>' +
  '<VareSendPasient>false</VareSendPasient><Hjemmel><RefHjemmel V="{basis}"/>' +
  `<RefKode V="{diagnosis}" S="${ICPC2}"/>{decision}</Hjemmel><Pasient>${fk1Ident('{id}', 'FNR')}` +
  `<Vernepliktig>false</Vernepliktig><Egenandel><Egenandel V="{${kroner('copay')}}" U="NOK"/></Egenandel></Pasient>` +
  '<Resept><Forskrivningsdato>{cast(day as varchar)}</Forskrivningsdato><Avsluttet>true</Avsluttet>' +
  `<Rekvirent>${fk1Ident('{hpr}', 'HPR')}</Rekvirent></Resept>{intervention}` +
  '<Vare><Navn>simulert vare</Navn><Nr>{product}</Nr><Atc>{atc}</Atc><Antall>{cast(dispensed as varchar)}.000' +
  `</Antall><Pris><Pris V="{${kroner('price')}}" U="NOK"/><Innpris V="{${kroner('purchase')}}" U="NOK"/></Pris>` +
  '</Vare></Utlevering></Enkeltregning>';

const ASKED = `case when draw % 2 = 0 then ${join(fk1Ident('{hpr}', 'HPR'))} else '' end`;
/** Half of the overrides ask the prescriber; what they change follows the draw. */
const INTERVENTION = join(
  '<Intervensjon><Kode V="{cast(1 + draw % 4 as varchar)}"/><EndringsType {case when draw % 20 < 12 ' +
    `then 'V="1" DN="Vare"' when draw % 20 < 17 then 'V="2" DN="Dosering"' else 'V="3" DN="Refusjonshjemmel"' end}/>` +
    "<KonfKunde>{case when draw % 7 < 2 then 'true' else 'false' end}</KonfKunde>{asked}</Intervensjon>",
);

const pharmacyIds = ident('{orgnr}', 'ENH') + ident('{cast(1000 + pharmacy as varchar)}', 'AKO');
const payer = ident(PAYER_ORGNR, 'ENH');
const settlementId = (kind: string) =>
  `{${uuid(`hash(hash(pharmacy, received_at, '${kind} a'))`, `hash(hash('${kind} b', received_at, pharmacy))`)}}`;

const SETTLEMENT = message({
  type: 'M18',
  made: `{${timeOf('received_at')}}`,
  id: settlementId('M18'),
  sender: pharmacyIds,
  receiver: payer,
  documents:
    document(
      `<Oppgjorskrav xmlns="${KITH}/eresept/m18/2013-04-16"><OppgjorsNr>{no}</OppgjorsNr>` +
        '<AvsenderDato>{cast(cast(received_at as date) as varchar)}</AvsenderDato>' +
        `<RefKrav V="{${kroner('refund')}}" U="NOK"/><AntEnkeltregninger>{cast(n as varchar)}</AntEnkeltregninger>` +
        '{bills}</Oppgjorskrav>',
    ) + '{attached}',
});
const RESULT = message({
  type: 'M22',
  made: `{${timeOf('received_at + interval 6 hour')}}`,
  id: settlementId('M22'),
  sender: payer,
  receiver: ident('{orgnr}', 'ENH'),
  documents: document(
    `<Oppgjorsresultat xmlns="${KITH}/eresept/m22/2006-10-06"><OppgjorsNr>{no}</OppgjorsNr>` +
      '<BehandlingDato>{cast(cast(received_at as date) as varchar)}</BehandlingDato>{results}</Oppgjorsresultat>',
  ),
});
const PAYMENT = message({
  type: 'M23',
  made: `{${timeOf('received_at + interval 1 day')}}`,
  id: settlementId('M23'),
  sender: payer,
  receiver: ident('{orgnr}', 'ENH'),
  documents: document(
    `<Utbetaling xmlns="${KITH}/eresept/m23/2006-10-06"><Utbetalingsnr>{no}-1</Utbetalingsnr>` +
      `<Utbetalt V="{${kroner('approved')}}" U="NOK"/>` +
      '<UtbetaltDato>{cast(cast(received_at as date) + 1 as varchar)}</UtbetaltDato><Oppgjor>' +
      `<OppgjorsNr>{no}</OppgjorsNr><Godkjent V="{${kroner('approved')}}" U="NOK"/></Oppgjor></Utbetaling>`,
  ),
});

const BASE64 = 'http://www.kith.no/xmlstds/base64container';
const ATTACHED = document(`<Base64Container xmlns="${BASE64}">{to_base64(encode(m1))}</Base64Container>`, 'V');
const BILL_RESULT =
  `<Regning><RegningsNr>{bill_no}</RegningsNr><Krav V="{${kroner('refund')}}" U="NOK"/>` +
  `<Godkjent V="{${kroner('approved')}}" U="NOK"/>{case when approved = 0 and refund > 0 then ` +
  `'<Status V="1" DN="Avvist"/><Merknad>114</Merknad>' else '<Status V="2" DN="Godkjent"/>' end}</Regning>`;

/** Creates table `party(idx, orgnr)` with the organisation numbers by which eResept knows providers. */
export async function createPartyTable(duck: DuckDBConnection, providers: readonly SimProvider[]): Promise<void> {
  await duck.run('create table party (idx integer, orgnr varchar)');
  const appender = await duck.createAppender('party');
  for (const { index, orgnr } of providers) {
    appender.appendInteger(index);
    appender.appendVarchar(orgnr);
    appender.endRow();
  }
  appender.closeSync();
}

/** SQL for the eResept messages of the prescriptions received from one day until another, one message a line. */
export function eReseptSql(from: string, until: string): string {
  const individual = `r.atc = '${INDIVIDUAL.atc}' and r.day >= date '${INDIVIDUAL.from}'`;
  const share = `(${PURCHASE.least} + ${PURCHASE.most - PURCHASE.least} * ((hash(r.pb, 'purchase') % 1000) / 1000.0))`;
  const copay = `least(cast(floor(${COPAY.share} * price * dispensed) as bigint), ${COPAY.mostOre})`;
  return `
    with facts as (
      select r.idx, r.pharmacy, r.day, r.atc, r.packages, r.dispensed, r.reservation, r.override, r.dispensed_day,
        r.received_at, r.pa, n.id, a.hpr, o.orgnr as office, ${uuid('r.pa', 'r.pb')} as rx,
        printf('%016x', hash(r.pa, 'M18')) as bill_no, hash(r.pa, 'override') as draw,
        printf('9%05d', hash(r.atc) % 100000) as product, r.ore // r.packages as price,
        cast(floor(r.ore // r.packages * ${share}) as bigint) as purchase,
        case r.atc ${diagnosisCases} else 'A99' end as diagnosis,
        case when ${individual} then '300' else '200' end as basis,
        case when ${individual} then '<Vedtaksdato>' || cast(r.day - 30 as varchar) || '</Vedtaksdato>' else ''
          end as decision
      from out_prescription r join person n using (p) join provider a on a.idx = r.idx
        join party o on o.idx = r.idx
      where cast(r.received_at as date) between date '${from}' and date '${until}'),
    amounts as (select *, ${copay} as copay, price * dispensed - ${copay} as refund, ${ASKED} as asked from facts),
    decided as (
      select *, case when hash(pa, 'M22') % ${REJECTED_OF} = 0 then 0 else refund end as approved,
        case when override then ${INTERVENTION} else '' end as intervention, ${join(PRESCRIPTION)} as m1
      from amounts),
    parts as (
      select pharmacy, received_at, idx, pa, refund, approved, ${join(BILL)} as bill, ${join(ATTACHED)} as attachment,
        ${join(BILL_RESULT)} as result
      from decided),
    settlements as (
      select pharmacy, received_at, count(*) as n, cast(sum(refund) as bigint) as refund,
        cast(sum(approved) as bigint) as approved, string_agg(bill, '' order by idx, pa) as bills,
        string_agg(attachment, '' order by idx, pa) as attached, string_agg(result, '' order by idx, pa) as results
      from parts group by 1, 2),
    named as (
      select s.*, o.orgnr, o.orgnr || '-' || strftime(s.received_at, '%Y%m%d') as no
      from settlements s join party o on o.idx = s.pharmacy)
    select m from (
      select received_at, pharmacy, 1 as k, ${join(SETTLEMENT)} as m from named
      union all select received_at, pharmacy, 2, ${join(RESULT)} from named
      union all select received_at, pharmacy, 3, ${join(PAYMENT)} from named)
    order by received_at, pharmacy, k`;
}
