import type { Dispensing, Head, Prescription } from './messages';
import { identifier, prescriptionIdOf, readInterventions } from './read-settlement';
import {
  code,
  day,
  flag,
  hprOf,
  idOfKind,
  instantMs,
  optionalFlag,
  personOf,
  thousandths,
  whole,
  yesOrNo,
} from './values';
import { at, child, Refused, requiredText, textOf, type XmlNode } from './xml-node';

/** Envelope of any message. @throws Refused */
export function readHead(info: XmlNode | undefined): Head {
  const sender = at(info, 'Sender', 'Organisation');
  return {
    messageId: prescriptionIdOf(identifier(info, 'MsgId')),
    generatedMs: instantMs(requiredText(info, 'GenDate'), 'GenDate'),
    sender: idOfKind(sender, 'ENH'),
    receiver: idOfKind(at(info, 'Receiver', 'Organisation'), 'ENH'),
    licence: idOfKind(sender, 'AKO'),
    her: idOfKind(sender, 'HER'),
  };
}

/** The goods of a prescription or report: medicine, or other goods (bandages, food). */
function readOrdered(parent: XmlNode) {
  const ordered = child(parent, 'ReseptDokLegemiddel') ?? child(parent, 'ReseptDokHandelsvare');
  const prescribed = child(ordered, 'Forskrivning');
  // A package, an active substance or a magistral medicine; only the first two have an ATC code.
  const medicine = prescribed?.children.find((one) => child(one, 'Atc') !== undefined);
  const quantity = textOf(child(ordered, 'Antall'));
  const repeats = textOf(child(ordered, 'Reiterasjon'));
  const amount = child(ordered, 'Mengde');
  return {
    ordered,
    goodsGroup: code(ordered, 'Varegruppekode'),
    atc: code(medicine, 'Atc')?.slice(0, 8).toUpperCase(),
    productNo: textOf(child(medicine, 'Varenr'))?.slice(0, 20),
    quantity: quantity === undefined ? undefined : thousandths(quantity, 'Antall'),
    repeats: repeats === undefined ? 0 : whole(repeats, 'Reiterasjon'),
    amount: amount?.v === undefined ? undefined : thousandths(amount.v, 'Mengde'),
    amountUnit: amount?.u?.slice(0, 20),
    reservedByPrescriber: yesOrNo(ordered, 'BytteresRekvirent') ?? false,
  };
}

/** Most packages and repetitions that are read as meant; more is refused. */
const MOST = { quantity: 30_000_000, repeats: 1000 } as const;

/** A prescription (M1). Its number is that of its message. @throws Refused */
export function readPrescription(info: XmlNode | undefined, prescription: XmlNode): Prescription {
  const { messageId, sender } = readHead(info);
  const { ordered, goodsGroup, ...goods } = readOrdered(prescription);
  if (!ordered) throw new Refused('ReseptDokLegemiddel', 'is missing, and ReseptDokHandelsvare as well');
  if (goodsGroup === undefined) throw new Refused('Varegruppekode', 'is missing');
  if ((goods.quantity ?? 0) < 0 || (goods.quantity ?? 0) > MOST.quantity)
    throw new Refused('Antall', 'expected 0 to 30000 packages', String(goods.quantity));
  if (goods.repeats > MOST.repeats)
    throw new Refused('Reiterasjon', `expected at most ${MOST.repeats}`, String(goods.repeats));
  const professional = at(info, 'Sender', 'Organisation', 'HealthcareProfessional');
  return {
    prescriptionId: messageId,
    person: personOf(child(info, 'Patient')),
    prescriberHpr: hprOf(professional, 'HealthcareProfessional/Ident'),
    office: sender,
    written: day(requiredText(prescription, 'Forskrivningsdato'), 'Forskrivningsdato'),
    expires: day(requiredText(prescription, 'Utloper'), 'Utloper'),
    goodsGroup,
    ...goods,
    basis: code(ordered, 'RefHjemmel'),
    diagnosis: code(ordered, 'RefKode'),
    diagnosisSystem: child(ordered, 'RefKode')?.s,
    individualRefund: flag(prescription, 'SoktIndividRefusjon'),
    fromHospital: flag(prescription, 'UtskrevetSykehus'),
    toOwnPractice: flag(prescription, 'TilEgenPraksis'),
  };
}

/** A dispensing report (M10). @throws Refused */
export function readDispensing(info: XmlNode | undefined, report: XmlNode): Dispensing {
  const given = child(report, 'Utlevering');
  if (!given) throw new Refused('Utlevering', 'is missing');
  const { atc, productNo, quantity } = readOrdered(given);
  return {
    prescriptionId: prescriptionIdOf(identifier(given, 'ReseptId')),
    person: personOf(child(info, 'Patient')),
    dispensed: day(requiredText(given, 'Utleveringsdato'), 'Utleveringsdato'),
    cancelled: flag(given, 'Annullering'),
    finished: yesOrNo(given, 'Avsluttet'),
    reservedByCustomer: optionalFlag(given, 'ByttereservasjonKunde'),
    atc,
    productNo,
    quantity,
    onPaper: flag(report, 'Papirresept'),
    interventions: readInterventions(given),
  };
}
