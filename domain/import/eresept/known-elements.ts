/**
 * Which elements of the messages are known, by message and place. `LEFT_OUT` marks those that are known and not kept:
 * names, addresses, birth dates, free text, signatures, and what control does not need. Everything else is unknown: its
 * name is counted, its value never read.
 */
export const LEFT_OUT = 'left out';
export type Known = { readonly [name: string]: Known | typeof LEFT_OUT };

const leaves = (...names: readonly string[]): Known => Object.fromEntries(names.map((name) => [name, {}]));
const leftOut = (...names: readonly string[]): Known => Object.fromEntries(names.map((name) => [name, LEFT_OUT]));

const IDENT: Known = { Id: {}, TypeId: {} };
/** Names and birth date are read where a person has no national id: the vault makes a pseudonym of them. */
const PERSON: Known = {
  Ident: IDENT,
  ...leaves('Fornavn', 'Mellomnavn', 'Etternavn', 'Fodselsdato'),
};
const PROFESSIONAL_LEFT_OUT = leftOut(
  'Fornavn',
  'Etternavn',
  'Spesialitet',
  'Inst',
  'Dept',
  'RekvirentNordisk',
  'InstitusjonsID',
);

const ORGANISATION: Known = {
  Ident: IDENT,
  HealthcareProfessional: {
    Ident: IDENT,
    ...leftOut(
      ...['TypeHealthcareProfessional', 'RoleToPatient', 'FamilyName', 'MiddleName', 'GivenName', 'DateOfBirth'],
      ...['Sex', 'Nationality', 'Address', 'TeleCom'],
    ),
  },
  ...leftOut('OrganisationName', 'TypeOrganisation', 'Address', 'TeleCom', 'Organisation'),
};

export const MSG_INFO: Known = {
  Type: {},
  ...leaves('GenDate', 'MsgId'),
  Sender: { Organisation: ORGANISATION, ...leftOut('ComMethod') },
  Receiver: { Organisation: { Ident: IDENT, ...leftOut(...Object.keys(ORGANISATION).slice(1)) } },
  Patient: {
    Ident: IDENT,
    ...leaves('FamilyName', 'MiddleName', 'GivenName', 'DateOfBirth'),
    ...leftOut('Sex', 'Nationality', 'Address', 'TeleCom', 'NeedTranslator'),
  },
  ...leftOut('MIGversion', 'Ack', 'ProcessingStatus', 'ConversationRef', 'OtherReceiver'),
};

/** Around the content of a document. The content itself is known by its own root element. */
export const DOCUMENT: Known = {
  DocumentConnection: {},
  RefDoc: {
    Content: {},
    ...leftOut('IssueDate', 'MsgType', 'MimeType', 'Compression', 'Id', 'FileReference', 'Description'),
  },
  ...leftOut('Annotation'),
};

const INTERVENTION: Known = {
  Ident: IDENT,
  ...leaves('Kode', 'EndringsType', 'KonfKunde'),
  ...leftOut('Begrunnelse'),
};

const BILL: Known = {
  ...leaves('RegningsNr', 'SumRefusjon', 'ReseptId', 'KrediteringRef'),
  Utlevering: {
    ...leaves('Registreringsdato', 'Dato', 'BytteRes', 'Arbeidspris', 'Nodekspedisjon', 'ReseptType', 'Multidose'),
    ...leaves('VareSendPasient', 'ManglendeKvittering'),
    Hjemmel: leaves('RefHjemmel', 'RefKode', 'VedtaksEnh', 'Vedtaksdato'),
    Pasient: {
      ...PERSON,
      ...leaves('Kommune', 'Vernepliktig', 'Konvensjonsland'),
      Egenandel: leaves('Egenandel', 'EgenandelKode', 'BetTidl', 'StartPeriode'),
      EEA: leftOut(
        ...['EEADok', 'EEACardId', 'EEAId', 'EEATrygdekontorNavn', 'EEATrygdekontorNr', 'EEAGyldighetFra'],
        ...['EEAGyldighet', 'EEAtrygdekontorNavn', 'EEAtrygdekontorNr', 'EEAgyldighetFra', 'EEAgyldighet'],
      ),
      ...leftOut('Kjonn', 'ArbeidstakerNorge', 'Dokumentasjon'),
    },
    Resept: {
      ...leaves('Forskrivningsdato', 'Avsluttet'),
      Instituert: leftOut('Fornavn', 'Etternavn', 'Spesialitet', 'Inst', 'Dept', 'InstitusjonsID'),
      Rekvirent: { Ident: IDENT, ...PROFESSIONAL_LEFT_OUT },
    },
    Intervensjon: INTERVENTION,
    Vare: { ...leaves('Nr', 'Atc', 'Antall'), Pris: leaves('Pris', 'Innpris'), ...leftOut('Navn') },
    ...leftOut('Kvittering', 'AnsattId', 'SigCompressionMode'),
  },
};

const MEDICINE: Known = {
  ...leaves('Atc', 'Varenr'),
  ...leftOut(
    ...['NavnFormStyrke', 'Reseptgruppe', 'LegemiddelformKort', 'PakningsinfoResept', 'IkkeKonservering', 'Ean'],
    ...['Preparattype', 'TypeSoknadSlv', 'Opioidsoknad', 'Refusjon', 'PrisVare', 'RefVilkar', 'SvarteTrekant'],
    ...['ProduktInfo', 'PakningByttegruppe', 'Preparatomtaleavsnitt', 'Pakningsinfo', 'Markedsforingsinfo', 'Id'],
    ...['AdministreringLegemiddel', 'Reseptgyldighet', 'SortertVirkestoffMedStyrke', 'RefVirkestoff'],
  ),
};
const ORDERED: Known = {
  ...leaves('Varegruppekode', 'Antall', 'RefHjemmel', 'RefKode', 'Reiterasjon', 'BytteresRekvirent', 'Mengde'),
  Forskrivning: {
    Legemiddelpakning: MEDICINE,
    LegemiddelMerkevare: MEDICINE,
    LegemiddelVirkestoff: MEDICINE,
    ...leftOut(
      ...['Bruksomrade', 'DosVeiledEnkel', 'IngenKombinasjon', 'Bruk', 'Kortdose', 'Dosering', 'Legemiddelblanding'],
      ...['Legemiddelforskrivning', 'KomLegemdlAdm', 'StartDatoSeponering', 'Seponering'],
    ),
  },
  ...leftOut('Merknad', 'KomLegemdlAdm', 'LegemiddelUtenMt', 'Bruksveiledning', 'ProdGruppe'),
  ...leftOut('Brystprotese', 'Naringsmiddel', 'MedForbMatr'),
};

const KITH = 'http://www.kith.no/xmlstds';
export const MSG_HEAD_NAMESPACE = `${KITH}/msghead/2006-05-24`;
export const ATTACHMENT_NAMESPACES: ReadonlySet<string> = new Set([`${KITH}/base64container`]);

/** A document that is read: its message, namespace, known elements, and the element that repeats by the thousand. */
export interface DocumentKind {
  readonly kind: 'M1' | 'M10' | 'M18' | 'M22' | 'M23';
  readonly namespace: string;
  readonly known: Known;
  readonly record?: string;
}

/** Documents by the name of their root element. */
export const DOCUMENTS: Readonly<Record<string, DocumentKind>> = {
  Oppgjorskrav: {
    kind: 'M18',
    namespace: `${KITH}/eresept/m18/2013-04-16`,
    known: { ...leaves('OppgjorsNr', 'AvsenderDato', 'RefKrav', 'AntEnkeltregninger'), Enkeltregning: BILL },
    record: 'Enkeltregning',
  },
  Resept: {
    kind: 'M1',
    namespace: `${KITH}/eresept/m1/2013-10-08`,
    known: {
      ...leaves('Forskrivningsdato', 'Utloper', 'SoktIndividRefusjon', 'TilEgenPraksis', 'UtskrevetSykehus'),
      ReseptDokLegemiddel: ORDERED,
      ReseptDokHandelsvare: ORDERED,
      ...leftOut(
        ...['Vernepliktig', 'Frikort', 'Vergeinnsynsreservasjon', 'RekvLegensNavn', 'RefNr', 'Spesialitet'],
        ...['Instituert', 'EkspAnm', 'Utlending', 'OppdatertFest', 'TidligsteUtlevering', 'LastResept'],
      ),
    },
  },
  Utleveringsrapport: {
    kind: 'M10',
    namespace: `${KITH}/eresept/m10/2013-10-08`,
    known: {
      Utlevering: {
        ...leaves('ReseptId', 'Utleveringsdato', 'Annullering', 'Avsluttet', 'ByttereservasjonKunde'),
        ReseptDokLegemiddel: ORDERED,
        ReseptDokHandelsvare: ORDERED,
        Intervensjon: { ...INTERVENTION, KonfLege: IDENT },
        ...leftOut('Utleverer', 'AnnulleringsId', 'Batchnr'),
      },
      Papirresept: {},
      ...leftOut(
        ...['Kanselleringskode', 'ReservasjonRapportFastlege', 'PrisLegemiddelUtenMt', 'AnsattId', 'Egenandel'],
        'RekvirentPapir',
      ),
    },
  },
  Oppgjorsresultat: {
    kind: 'M22',
    namespace: `${KITH}/eresept/m22/2006-10-06`,
    known: {
      ...leaves('OppgjorsNr', 'BehandlingDato'),
      Regning: leaves('RegningsNr', 'Krav', 'Godkjent', 'Status', 'Merknad'),
    },
    record: 'Regning',
  },
  Utbetaling: {
    kind: 'M23',
    namespace: `${KITH}/eresept/m23/2006-10-06`,
    known: { ...leaves('Utbetalingsnr', 'Utbetalt', 'UtbetaltDato'), Oppgjor: leaves('OppgjorsNr', 'Godkjent') },
  },
};
