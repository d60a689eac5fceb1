import type { Change, Reservation, ResultStatus } from './codes';

/** Facts of eResept messages. Amounts are whole øre, quantities whole thousandths, days civil days in Norway. */

export const MESSAGE_KINDS = ['M1', 'M10', 'M18', 'M22', 'M23'] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** Envelope of a message (MsgHead). */
export interface Head {
  readonly messageId: string;
  /** When the sender made it, in milliseconds. */
  readonly generatedMs: number;
  /** Organisation numbers (ENH) of the sender and the receiver. */
  readonly sender: string | undefined;
  readonly receiver: string | undefined;
  /** Licence number of a pharmacy (AKO) and its address number (HER). */
  readonly licence: string | undefined;
  readonly her: string | undefined;
}

export interface GoodsLine {
  readonly productNo: string;
  readonly atc: string | undefined;
  readonly quantity: number;
  readonly priceOre: number;
  /** What the pharmacy paid for a package, discounts taken off. */
  readonly purchaseOre: number | undefined;
}

/** What the pharmacy changed of a prescription (intervensjon); a generic substitution is none. */
export interface Intervention {
  readonly code: string;
  readonly change: Change;
  readonly changeCode: string | undefined;
  readonly askedCustomer: boolean;
  /** HPR number of the doctor who was consulted. */
  readonly askedPrescriber: number | undefined;
}

export interface LegalBasis {
  readonly basis: string | undefined;
  readonly diagnosis: string | undefined;
  /** Code system of the diagnosis (OID). */
  readonly diagnosisSystem: string | undefined;
  readonly decisionUnit: string | undefined;
  readonly decided: string | undefined;
}

/** One bill of a settlement: one dispensing and the refund claimed for it (enkeltregning). */
export interface ClaimBill {
  readonly billNo: string;
  readonly claimedOre: number;
  /** Missing for prescriptions on paper. */
  readonly prescriptionId: string | undefined;
  /** The bill that this one takes back (KrediteringRef). */
  readonly credits: string | undefined;
  readonly registered: string;
  readonly dispensed: string;
  readonly reservation: Reservation;
  readonly reservationCode: string | undefined;
  readonly workPriceOre: number | undefined;
  readonly emergency: boolean;
  readonly prescriptionType: string | undefined;
  readonly multidose: boolean;
  readonly sentToPatient: boolean;
  readonly missingSignature: string | undefined;
  readonly legal: LegalBasis;
  /** What the vault makes a pseudonym of; stored nowhere. */
  readonly person: string | undefined;
  readonly municipality: string | undefined;
  readonly conscript: boolean;
  readonly conventionCountry: string | undefined;
  readonly eea: boolean;
  readonly copayOre: number;
  readonly copayCode: string | undefined;
  readonly copayBeforeOre: number | undefined;
  readonly copayPeriod: string | undefined;
  readonly written: string | undefined;
  readonly finished: boolean | undefined;
  readonly instituted: boolean;
  readonly prescriberHpr: number | undefined;
  readonly interventions: readonly Intervention[];
  readonly goods: readonly GoodsLine[];
}

/** A settlement of a pharmacy (oppgjørskrav). */
export interface Settlement {
  readonly settlementNo: string;
  readonly sent: string;
  readonly claimedOre: number;
  readonly billCount: number;
}

/** A prescription (resept). */
export interface Prescription {
  readonly prescriptionId: string;
  readonly person: string | undefined;
  readonly prescriberHpr: number | undefined;
  /** Organisation number of the prescriber's office. */
  readonly office: string | undefined;
  readonly written: string;
  readonly expires: string;
  readonly goodsGroup: string;
  readonly atc: string | undefined;
  readonly productNo: string | undefined;
  /** Packages of one dispensing, in thousandths; missing where an amount is prescribed instead. */
  readonly quantity: number | undefined;
  readonly amount: number | undefined;
  readonly amountUnit: string | undefined;
  /** Further dispensings that are allowed (reiterasjon). */
  readonly repeats: number;
  readonly reservedByPrescriber: boolean;
  readonly basis: string | undefined;
  readonly diagnosis: string | undefined;
  readonly diagnosisSystem: string | undefined;
  readonly individualRefund: boolean;
  readonly fromHospital: boolean;
  readonly toOwnPractice: boolean;
}

/** A dispensing as reported to the prescription exchange (utleveringsrapport). */
export interface Dispensing {
  readonly prescriptionId: string;
  readonly person: string | undefined;
  readonly dispensed: string;
  readonly cancelled: boolean;
  readonly finished: boolean | undefined;
  readonly reservedByCustomer: boolean | undefined;
  readonly atc: string | undefined;
  readonly productNo: string | undefined;
  readonly quantity: number | undefined;
  readonly onPaper: boolean;
  readonly interventions: readonly Intervention[];
}

/** What became of one bill (oppgjørsresultat). */
export interface BillResult {
  readonly billNo: string;
  readonly claimedOre: number;
  readonly approvedOre: number;
  readonly status: ResultStatus;
  readonly statusCode: string;
  /** Remarks of the rule engine: its number, or a fingerprint of a remark without one. */
  readonly remarks: readonly string[];
}

/** A payment (utbetaling) and its share of each settlement. */
export interface Payment {
  readonly paymentNo: string;
  readonly paidOre: number;
  readonly paid: string;
  readonly settlements: readonly { readonly settlementNo: string; readonly paidOre: number }[];
}

/** A part that was refused, and where its message starts. */
export interface RefusedPart {
  readonly item: string;
  readonly field: string;
  readonly reason: string;
  readonly value: string | undefined;
}

export type Body =
  | { readonly kind: 'M1'; readonly prescription: Prescription }
  | { readonly kind: 'M10'; readonly dispensing: Dispensing }
  | {
      readonly kind: 'M18';
      readonly settlement: Settlement;
      readonly bills: readonly ClaimBill[];
      readonly attached: readonly Prescription[];
    }
  | {
      readonly kind: 'M22';
      readonly settlementNo: string;
      readonly handled: string;
      readonly results: readonly BillResult[];
    }
  | { readonly kind: 'M23'; readonly payment: Payment };

/** One message, with the parts of it that were refused and notes with their number. */
export interface EReseptMessage {
  readonly line: number;
  readonly head: Head;
  readonly body: Body;
  readonly refused: readonly RefusedPart[];
}
