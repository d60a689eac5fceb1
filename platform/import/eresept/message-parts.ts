import type { DocumentKind } from '../../../domain/import/eresept/known-elements';
import type {
  BillResult,
  Body,
  ClaimBill,
  EReseptMessage,
  Prescription,
  RefusedPart,
} from '../../../domain/import/eresept/messages';
import { readDispensing, readHead, readPrescription } from '../../../domain/import/eresept/read-prescription';
import {
  readBillResult,
  readClaimBill,
  readPayment,
  readResultHead,
  readSettlement,
} from '../../../domain/import/eresept/read-settlement';
import { at, child, childrenOf, Refused, textOf, type XmlNode } from '../../../domain/import/eresept/xml-node';
import { Unreadable } from './element-reader';
import type { Notes } from './notes';

/** A message that could not be read, with the number of its bills that had been read until then. */
export interface UnreadMessage {
  readonly unread: true;
  readonly line: number;
  readonly item: string;
  readonly field: string;
  readonly reason: string;
  readonly records: number;
}

/** Bills of one message beyond which it is refused. */
const MOST_RECORDS = 100_000;

/** A message while it is read: its bills as they come, and the rest when it ends. */
export class MessageParts {
  records = 0;
  #document: DocumentKind | undefined;
  #other: string | undefined;
  readonly #bills: ClaimBill[] = [];
  readonly #results: BillResult[] = [];
  readonly #attached: Prescription[] = [];
  readonly #refused: RefusedPart[] = [];

  constructor(
    readonly line: number,
    readonly notes: Notes,
  ) {}

  get name(): string {
    return this.#document?.kind ?? 'message';
  }

  /** Whether a document is read; a message has one main document. */
  takes(document: DocumentKind, namespace: string): boolean {
    if (this.#document || namespace !== document.namespace) return false;
    this.#document = document;
    return true;
  }

  noteContent(name: string, namespace: string): void {
    this.#other ??= `${name} of ${namespace.slice(0, 100) || 'no namespace'}`;
    this.notes.add('unknown-field', `Content/${name}`);
  }

  /** @throws Unreadable when the message has too many bills */
  addRecord(node: XmlNode): void {
    if (++this.records > MOST_RECORDS) throw new Unreadable(`has more than ${MOST_RECORDS} bills`);
    const item = `${this.name} bill ${this.records}`;
    this.#try(item, () => {
      if (this.#document?.kind === 'M18') this.#bills.push(readClaimBill(node));
      else this.#results.push(readBillResult(node));
    });
  }

  attach(prescription: Prescription): void {
    this.#attached.push(prescription);
  }

  refuse(item: string, { field, reason }: { field: string; reason: string }): void {
    this.#refused.push({ item, field, reason, value: undefined });
  }

  /** The whole message, once it ended. */
  finish(message: XmlNode): EReseptMessage | UnreadMessage {
    try {
      const info = child(message, 'MsgInfo');
      const head = readHead(info);
      return { line: this.line, head, body: this.#body(message, info), refused: this.#refused };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { field, reason } = error;
      return { unread: true, line: this.line, item: this.name, field, reason, records: this.records };
    }
  }

  #body(message: XmlNode, info: XmlNode | undefined): Body {
    const kind = this.#document?.kind;
    const root = childrenOf(message, 'Document')
      .map((document) => at(document, 'RefDoc', 'Content')?.children[0])
      .find((one) => one !== undefined);
    if (kind === undefined || !root) {
      const type = child(info, 'Type')?.v?.slice(0, 20) ?? textOf(child(info, 'Type'))?.slice(0, 20) ?? 'none';
      throw new Refused(
        'Document/RefDoc/Content',
        `holds ${this.#other ?? 'nothing'} (type ${type}); expected M1, M10 or M18 of 2013, or M22 or M23 of 2006`,
      );
    }
    switch (kind) {
      case 'M1':
        return { kind, prescription: readPrescription(info, root) };
      case 'M10':
        return { kind, dispensing: readDispensing(info, root) };
      case 'M18':
        return { kind, settlement: readSettlement(root), bills: this.#bills, attached: this.#attached };
      case 'M22':
        return { kind, ...readResultHead(root), results: this.#results };
      case 'M23':
        return { kind, payment: readPayment(root) };
    }
  }

  #try(item: string, read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#refused.push({ item, field: error.field, reason: error.reason, value: error.value });
    }
  }
}
