import { changeOf, reservationBy, resultStatus } from './codes';
import type { BillResult, ClaimBill, GoodsLine, Intervention, LegalBasis, Payment, Settlement } from './messages';
import {
  code,
  day,
  dayOfTime,
  flag,
  hprOf,
  money,
  optionalFlag,
  optionalMoney,
  personOf,
  thousandths,
  whole,
  yesOrNo,
} from './values';
import { child, childrenOf, Refused, requiredText, textOf, type XmlNode } from './xml-node';

/** Longest number of a settlement, bill or product that is kept. */
const MAX_ID = 64;

/** Text of an identifier: no spaces, of bounded length. @throws Refused */
export function identifier(parent: XmlNode | undefined, name: string): string {
  const text = requiredText(parent, name);
  if (text.length > MAX_ID || /\s/.test(text))
    throw new Refused(name, `expected at most ${MAX_ID} characters without spaces`);
  return text;
}

const optionalIdentifier = (parent: XmlNode | undefined, name: string) =>
  textOf(child(parent, name)) === undefined ? undefined : identifier(parent, name);

/** ReseptId in one spelling: systems differ in upper and lower case and in braces. */
export const prescriptionIdOf = (text: string): string => text.toLowerCase().replace(/^\{(.*)\}$/, '$1');

const optionalDay = (parent: XmlNode | undefined, name: string) => {
  const text = textOf(child(parent, name));
  return text === undefined ? undefined : day(text, name);
};

/** Head of a settlement (M18), before its bills. @throws Refused */
export const readSettlement = (claim: XmlNode): Settlement => ({
  settlementNo: identifier(claim, 'OppgjorsNr'),
  sent: day(requiredText(claim, 'AvsenderDato'), 'AvsenderDato'),
  claimedOre: money(claim, 'RefKrav'),
  billCount: whole(requiredText(claim, 'AntEnkeltregninger'), 'AntEnkeltregninger'),
});

/** The size of an amount of a bill. A minus sign belongs to a credit alone. @throws Refused */
type Size = <T extends number | undefined>(amount: T, field: string) => T;
const sizeIn =
  (credits: string | undefined): Size =>
  (amount, field) => {
    if (amount === undefined || amount >= 0) return amount;
    if (credits === undefined) throw new Refused(field, 'is negative in a bill that credits no other (KrediteringRef)');
    return -amount as typeof amount;
  };

/** @throws Refused */
function readGoods(goods: XmlNode, size: Size): GoodsLine {
  const price = child(goods, 'Pris');
  return {
    productNo: identifier(goods, 'Nr'),
    atc: textOf(child(goods, 'Atc'))?.slice(0, 8).toUpperCase(),
    quantity: size(thousandths(requiredText(goods, 'Antall'), 'Vare/Antall'), 'Vare/Antall'),
    priceOre: size(money(price, 'Pris'), 'Pris'),
    purchaseOre: size(optionalMoney(price, 'Innpris'), 'Innpris'),
  };
}

/** The doctor who was consulted: `Ident` in an M18; in an M10 `KonfLege`, which is an identifier itself. */
function consulted(node: XmlNode): number | undefined {
  const doctor = child(node, 'KonfLege');
  if (!doctor) return hprOf(node, 'Intervensjon/Ident');
  return hprOf({ ...doctor, children: [{ ...doctor, name: 'Ident' }] }, 'Intervensjon/KonfLege');
}

/** Interventions of a dispensing. @throws Refused */
export const readInterventions = (parent: XmlNode | undefined): Intervention[] =>
  childrenOf(parent, 'Intervensjon').map((node) => ({
    code: code(node, 'Kode') ?? '',
    change: changeOf(child(node, 'EndringsType')),
    changeCode: code(node, 'EndringsType'),
    askedCustomer: flag(node, 'KonfKunde'),
    askedPrescriber: consulted(node),
  }));

const readLegalBasis = (legal: XmlNode | undefined): LegalBasis => ({
  basis: code(legal, 'RefHjemmel'),
  diagnosis: code(legal, 'RefKode'),
  diagnosisSystem: child(legal, 'RefKode')?.s,
  decisionUnit: code(legal, 'VedtaksEnh'),
  decided: optionalDay(legal, 'Vedtaksdato'),
});

function readPatient(patient: XmlNode | undefined, size: Size) {
  const copay = child(patient, 'Egenandel');
  return {
    person: personOf(patient),
    municipality: code(patient, 'Kommune'),
    conscript: flag(patient, 'Vernepliktig'),
    conventionCountry: code(patient, 'Konvensjonsland'),
    eea: child(patient, 'EEA') !== undefined,
    copayOre: size(optionalMoney(copay, 'Egenandel') ?? 0, 'Egenandel'),
    copayCode: code(copay, 'EgenandelKode'),
    copayBeforeOre: size(optionalMoney(copay, 'BetTidl'), 'BetTidl'),
    copayPeriod: optionalDay(copay, 'StartPeriode'),
  };
}

function readWritten(prescription: XmlNode | undefined) {
  return {
    written: optionalDay(prescription, 'Forskrivningsdato'),
    finished: optionalFlag(prescription, 'Avsluttet'),
    instituted: child(prescription, 'Instituert') !== undefined,
    prescriberHpr: hprOf(child(prescription, 'Rekvirent'), 'Rekvirent/Ident'),
  };
}

/**
 * One bill of an M18. A credit may write its amounts with a minus sign; they are kept without it, because the sign is
 * that of the entry.
 * @throws Refused
 */
export function readClaimBill(bill: XmlNode): ClaimBill {
  const given = child(bill, 'Utlevering');
  if (!given) throw new Refused('Utlevering', 'is missing');
  const credits = optionalIdentifier(bill, 'KrediteringRef');
  const size = sizeIn(credits);
  const claimedOre = size(money(bill, 'SumRefusjon'), 'SumRefusjon');
  const goods = childrenOf(given, 'Vare').map((one) => readGoods(one, size));
  if (goods.length === 0) throw new Refused('Vare', 'is missing');
  const prescriptionId = optionalIdentifier(bill, 'ReseptId');
  return {
    billNo: identifier(bill, 'RegningsNr'),
    claimedOre,
    prescriptionId: prescriptionId === undefined ? undefined : prescriptionIdOf(prescriptionId),
    credits,
    registered: dayOfTime(requiredText(given, 'Registreringsdato'), 'Registreringsdato'),
    dispensed: dayOfTime(requiredText(given, 'Dato'), 'Utlevering/Dato'),
    reservation: reservationBy(child(given, 'BytteRes')),
    reservationCode: code(given, 'BytteRes'),
    workPriceOre: size(optionalMoney(given, 'Arbeidspris'), 'Arbeidspris'),
    emergency: yesOrNo(given, 'Nodekspedisjon') ?? false,
    prescriptionType: code(given, 'ReseptType'),
    multidose: flag(given, 'Multidose'),
    sentToPatient: flag(given, 'VareSendPasient'),
    missingSignature: code(given, 'ManglendeKvittering'),
    legal: readLegalBasis(child(given, 'Hjemmel')),
    ...readPatient(child(given, 'Pasient'), size),
    ...readWritten(child(given, 'Resept')),
    interventions: readInterventions(given),
    goods,
  };
}

/** Head of a result (M22), before its bills. @throws Refused */
export const readResultHead = (result: XmlNode) => ({
  settlementNo: identifier(result, 'OppgjorsNr'),
  handled: day(requiredText(result, 'BehandlingDato'), 'BehandlingDato'),
});

/** A remark's number, or its whole text, which the loader replaces by a fingerprint. */
const remarkOf = (text: string): string => /^\d{1,6}(?=\D|$)/.exec(text)?.[0] ?? text;

/** What became of one bill. @throws Refused */
export function readBillResult(bill: XmlNode): BillResult {
  const statusCode = code(bill, 'Status');
  if (statusCode === undefined) throw new Refused('Regning/Status', 'is missing');
  return {
    billNo: identifier(bill, 'RegningsNr'),
    claimedOre: money(bill, 'Krav'),
    approvedOre: money(bill, 'Godkjent'),
    status: resultStatus(statusCode),
    statusCode,
    remarks: childrenOf(bill, 'Merknad').flatMap((node) => {
      const text = textOf(node);
      return text === undefined ? [] : [remarkOf(text)];
    }),
  };
}

/** A payment (M23). @throws Refused */
export function readPayment(payment: XmlNode): Payment {
  const settlements = childrenOf(payment, 'Oppgjor').map((one) => ({
    settlementNo: identifier(one, 'OppgjorsNr'),
    paidOre: money(one, 'Godkjent'),
  }));
  if (settlements.length === 0) throw new Refused('Oppgjor', 'is missing');
  return {
    paymentNo: identifier(payment, 'Utbetalingsnr'),
    paidOre: money(payment, 'Utbetalt'),
    paid: day(requiredText(payment, 'UtbetaltDato'), 'UtbetaltDato'),
    settlements,
  };
}
