import { SYNTHETIC } from './register-files';

/** Messages of eResept in the shape of the public schemas, with values of our own. */
const KITH = 'http://www.kith.no/xmlstds';
const FK1 = `xmlns="${KITH}/felleskomponent1"`;
export const PHARMACY = '971033541';
export const PRESCRIBER = 990000003;
const PAYER = '889640782';

const ident = (id: string | number, kind: string) => `<Ident><Id>${id}</Id><TypeId V="${kind}" S="x" DN="y"/></Ident>`;
const fk1 = (id: string | number, kind: string) => `<Ident><Id ${FK1}>${id}</Id><TypeId V="${kind}" ${FK1}/></Ident>`;
const organisation = (inner: string) =>
  `<Organisation><OrganisationName>Skjult navn</OrganisationName>${inner}</Organisation>`;

export interface Envelope {
  readonly type: string;
  readonly id: string;
  readonly made?: string;
  readonly from?: string;
  readonly to?: string;
  readonly extra?: string;
}

/** A message with its document and, where given, attachments in base64. */
export function message(
  { type, id, made = '2020-01-28T09:53:31.8486081+01:00', from = PHARMACY, to = PAYER, extra = '' }: Envelope,
  document: string,
  attached: readonly string[] = [],
): string {
  const doc = (content: string, connection: string) =>
    `<Document><DocumentConnection V="${connection}"/><RefDoc><MsgType V="XML"/><Content>${content}</Content>` +
    '</RefDoc></Document>';
  const attachments = attached.map((xml) =>
    doc(
      `<Base64Container xmlns="${KITH}/base64container">${Buffer.from(xml).toString('base64')}</Base64Container>`,
      'V',
    ),
  );
  const sender = organisation(ident(from, 'ENH') + ident('9001', 'AKO'));
  return [
    `<MsgHead xmlns="${KITH}/msghead/2006-05-24"><MsgInfo><Type V="ER${type}" DN="x"/><MIGversion>v1.2</MIGversion>`,
    `<GenDate>${made}</GenDate><MsgId>${id}</MsgId><Sender>${sender}</Sender>`,
    `<Receiver>${organisation(ident(to, 'ENH'))}</Receiver>${extra}</MsgInfo>${doc(document, 'H')}`,
    `${attachments.join('')}</MsgHead>`,
  ].join('\n');
}

export interface BillOver {
  readonly no: string;
  readonly refund: string;
  readonly copay?: string;
  readonly rx?: string;
  readonly credits?: string;
  readonly patient?: string;
  readonly given?: string;
  readonly hpr?: number;
  readonly day?: string;
  readonly goods?: string;
  /** Elements of the dispensing before and after its patient. */
  readonly before?: string;
  readonly after?: string;
}

export const goods = (quantity = '1.000', price = '50.20', purchase = '17.00', no = '110862') =>
  `<Vare><Navn>Skjult vare</Navn><Nr>${no}</Nr><Atc>R06AE07</Atc><Antall>${quantity}</Antall><Pris>` +
  `<Pris V="${price}" U="NOK"/><Innpris V="${purchase}" U="NOK"/></Pris></Vare>`;

/** One bill of an M18. */
export const bill = (b: BillOver): string =>
  `<Enkeltregning><RegningsNr>${b.no}</RegningsNr><SumRefusjon V="${b.refund}" U="NOK"/>` +
  `${b.rx === undefined ? '' : `<ReseptId>${b.rx}</ReseptId>`}` +
  `${b.credits === undefined ? '' : `<KrediteringRef>${b.credits}</KrediteringRef>`}<Utlevering>` +
  `<Registreringsdato>${b.day ?? '2020-01-28'}T09:50:31.747</Registreringsdato>` +
  `<Dato>${b.day ?? '2020-01-28'}T00:00:00</Dato>${b.before ?? ''}` +
  '<Arbeidspris V="0.0000" U="NOK"/><Nodekspedisjon V="2" DN="Nei"/><ReseptType V="1" DN="Elektronisk resept"/>' +
  '<Multidose>false</Multidose><VareSendPasient>false</VareSendPasient><Hjemmel><RefHjemmel V="200" DN="§5-14 §2"/>' +
  '<RefKode V="R97" S="2.16.578.1.12.4.1.1.7170"/></Hjemmel>' +
  `<Pasient>${b.patient ?? fk1(SYNTHETIC[0], 'FNR')}<Fornavn>Skjultfornavn</Fornavn><Etternavn>Skjultnavn</Etternavn>` +
  `<Kommune V="1201"/><Vernepliktig>false</Vernepliktig><Egenandel><Egenandel V="${b.copay ?? '0'}" U="NOK"/>` +
  '<BetTidl V="19.58" U="NOK"/><StartPeriode>2020-01-28</StartPeriode></Egenandel></Pasient>' +
  `<Resept><Forskrivningsdato>2020-01-28</Forskrivningsdato><Avsluttet>true</Avsluttet><Rekvirent>` +
  `${fk1(b.hpr ?? PRESCRIBER, 'HPR')}<Etternavn>Skjultlege</Etternavn></Rekvirent></Resept>${b.after ?? ''}` +
  `${b.goods ?? goods()}</Utlevering></Enkeltregning>`;

export interface SettlementOver {
  readonly no: string;
  readonly total: string;
  readonly count?: number;
}

export const settlement = ({ no, total, count }: SettlementOver, bills: readonly string[]): string =>
  `<Oppgjorskrav xmlns="${KITH}/eresept/m18/2013-04-16"><OppgjorsNr>${no}</OppgjorsNr>` +
  `<AvsenderDato>2020-01-28</AvsenderDato><RefKrav V="${total}" U="NOK"/>` +
  `<AntEnkeltregninger>${count ?? bills.length}</AntEnkeltregninger>${bills.join('')}</Oppgjorskrav>`;

export interface PrescriptionOver {
  readonly id: string;
  readonly quantity?: string;
  readonly repeats?: number;
  readonly reserved?: boolean;
  readonly atc?: string;
  readonly made?: string;
}

/** A prescription (M1), a whole message. */
export const prescription = (p: PrescriptionOver): string =>
  message(
    {
      type: 'M1',
      id: p.id,
      made: p.made ?? '2020-01-28T09:46:21.2619474+01:00',
      from: '974589109',
      extra:
        `<Patient><FamilyName>SKJULTNAVN</FamilyName>${ident(SYNTHETIC[0], 'FNR')}` +
        '<Address><StreetAdr>Skjult vei 1</StreetAdr></Address></Patient>',
    },
    `<Resept xmlns="${KITH}/eresept/m1/2013-10-08"><Forskrivningsdato>2020-01-28+01:00</Forskrivningsdato>` +
      '<Utloper>2021-01-27+01:00</Utloper><ReseptDokLegemiddel><Varegruppekode V="L"/>' +
      `<Antall>${p.quantity ?? '1'}</Antall><RefHjemmel V="200"/><Reiterasjon>${p.repeats ?? 0}</Reiterasjon>` +
      `<BytteresRekvirent V="${p.reserved ? 1 : 2}"/>` +
      `<Forskrivning xmlns="${KITH}/eresept/forskrivning/2013-10-08"><DosVeiledEnkel>Skjult dose</DosVeiledEnkel>` +
      `<Legemiddelpakning><Atc V="${p.atc ?? 'R06AE07'}"/><Varenr>485342</Varenr></Legemiddelpakning></Forskrivning>` +
      '</ReseptDokLegemiddel><LastResept>false</LastResept></Resept>',
  ).replace(
    '</Organisation></Sender>',
    `<HealthcareProfessional><FamilyName>Skjultlege</FamilyName>${ident(PRESCRIBER, 'HPR')}</HealthcareProfessional>` +
      '</Organisation></Sender>',
  );

export const dispensing = (id: string, rx: string, cancelled = false): string =>
  message(
    {
      type: 'M10',
      id,
      made: '2019-07-16T14:33:40.0233391+02:00',
      extra: `<Patient>${ident(SYNTHETIC[0], 'FNR')}</Patient>`,
    },
    `<Utleveringsrapport xmlns="${KITH}/eresept/m10/2013-10-08">` +
      `<Utlevering xmlns="${KITH}/eresept/utlevering/2013-10-08"><ReseptId>${rx}</ReseptId>` +
      `<Utleveringsdato>2019-07-16</Utleveringsdato><Annullering>${String(cancelled)}</Annullering>` +
      '<Avsluttet V="2" DN="Nei"/><ByttereservasjonKunde>true</ByttereservasjonKunde>' +
      `<ReseptDokLegemiddel xmlns="${KITH}/eresept/m1/2013-10-08"><Varegruppekode V="L"/><Antall>1.500</Antall>` +
      '<Reiterasjon>0</Reiterasjon></ReseptDokLegemiddel></Utlevering>' +
      '<ReservasjonRapportFastlege>false</ReservasjonRapportFastlege><AnsattId>9</AnsattId></Utleveringsrapport>',
  );

export interface ResultOver {
  readonly no: string;
  readonly claimed: string;
  readonly approved: string;
  readonly status?: string;
  readonly remarks?: readonly string[];
}

export const result = (id: string, settlementNo: string, bills: readonly ResultOver[], made?: string): string =>
  message(
    { type: 'M22', id, made: made ?? '2020-01-28T15:46:12.279+01:00', from: PAYER, to: PHARMACY },
    `<m:Oppgjorsresultat xmlns:m="${KITH}/eresept/m22/2006-10-06"><m:OppgjorsNr>${settlementNo}</m:OppgjorsNr>` +
      '<m:BehandlingDato>2020-01-28+01:00</m:BehandlingDato>' +
      bills
        .map(
          (b) =>
            `<m:Regning><m:RegningsNr>${b.no}</m:RegningsNr><m:Krav V="${b.claimed}" U="NOK"/>` +
            `<m:Godkjent V="${b.approved}" U="NOK"/><m:Status V="${b.status ?? '2'}"/>` +
            `${(b.remarks ?? []).map((text) => `<m:Merknad>${text}</m:Merknad>`).join('')}</m:Regning>`,
        )
        .join('') +
      '</m:Oppgjorsresultat>',
  );

export const payment = (id: string, no: string, total: string, parts: readonly (readonly [string, string])[]): string =>
  message(
    { type: 'M23', id, made: '2020-01-29T08:55:04.200+01:00', from: PAYER, to: PHARMACY },
    `<n:Utbetaling xmlns:n="${KITH}/eresept/m23/2006-10-06"><n:Utbetalingsnr>${no}</n:Utbetalingsnr>` +
      `<n:Utbetalt V="${total}" U="NOK"/><n:UtbetaltDato>2020-01-29+01:00</n:UtbetaltDato>` +
      parts
        .map(([s, paid]) => `<n:Oppgjor><n:OppgjorsNr>${s}</n:OppgjorsNr><n:Godkjent V="${paid}" U="NOK"/></n:Oppgjor>`)
        .join('') +
      '</n:Utbetaling>',
  );

/** The settlement that the public documentation shows, by its amounts: three bills that add up to 300.48. */
export const THREE_BILLS = [
  bill({ no: '0000056662', refund: '30.62', copay: '19.58', rx: '3b7e90c8-6b29-4358-a567-180dcb8ab0c6' }),
  bill({
    ...{ no: '0000056663', refund: '140.36', copay: '89.74', rx: '80f0309f-1fb2-43fa-b345-180dcb8ac092' },
    goods: goods('1.000', '230.10', '152.07', '026721'),
  }),
  bill({
    ...{ no: '0000056664', refund: '129.50', copay: '82.80', rx: '4b49a8f3-9084-44eb-9ada-180dcb8aca72' },
    goods: goods('1.000', '212.30', '138.09', '014308'),
  }),
] as const;
