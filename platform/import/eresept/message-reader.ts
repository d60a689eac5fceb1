import type { SaxesTagNS } from 'saxes';
import {
  type DocumentKind,
  DOCUMENT,
  DOCUMENTS,
  type Known,
  LEFT_OUT,
  MSG_HEAD_NAMESPACE,
  MSG_INFO,
} from '../../../domain/import/eresept/known-elements';
import type { EReseptMessage, Prescription } from '../../../domain/import/eresept/messages';
import type { XmlNode } from '../../../domain/import/eresept/xml-node';
import { decodeXml } from './decode-xml';
import { type ElementSink, ElementReader, nodeOf, Unreadable } from './element-reader';
import { MessageParts, type UnreadMessage } from './message-parts';
import { type Notes } from './notes';

export type ReadMessage = EReseptMessage | UnreadMessage;

const KITH = 'http://www.kith.no/xmlstds';
const DECLARATION = '<?xml';
/** Longest XML declaration that is looked for. */
const DECLARATION_LENGTH = 400;

type Table = ReadonlyMap<string, Table | typeof LEFT_OUT>;
const tables = new Map<Known, Table>();
/** Known elements as maps, because names of a file may be those of an object's own members. */
function tableOf(known: Known): Table {
  let table = tables.get(known);
  if (!table) {
    table = new Map(
      Object.entries(known).map(([name, inner]) => [name, inner === LEFT_OUT ? LEFT_OUT : tableOf(inner)]),
    );
    tables.set(known, table);
  }
  return table;
}
const HEAD = tableOf({ MsgInfo: MSG_INFO, Document: DOCUMENT, Signature: LEFT_OUT });
const BASE64: Known = {};
const documentOf = (name: string): DocumentKind | undefined =>
  Object.hasOwn(DOCUMENTS, name) ? DOCUMENTS[name] : undefined;

interface Frame {
  readonly node: XmlNode;
  readonly known: Table;
  /** Name of the children that are handed on one by one instead of being kept. */
  readonly record: string | undefined;
  readonly isRecord: boolean;
}

/**
 * Reads messages of eResept from text that comes in pieces: one message, many in an archive's root element, or one
 * after the other. A message that cannot be read is named with its reason. Memory is bounded by one message.
 */
export class MessageReader implements ElementSink {
  #read: ReadMessage[] = [];
  readonly #xml: ElementReader;
  #frames: Frame[] = [];
  #message: MessageParts | undefined;
  /** Depth of the element that is skipped with all in it; 0 for none. */
  #skipped = 0;
  #root = '';
  #broken = false;
  #held = '';
  #lineBase = 0;
  #lines = 0;
  #nested: MessageReader | undefined;

  constructor(
    readonly notes: Notes,
    readonly isAttachment = false,
  ) {
    this.#xml = new ElementReader(this);
  }

  /** The messages that were completed since the last call. */
  take(): ReadMessage[] {
    const read = this.#read;
    this.#read = [];
    return read;
  }

  write(piece: string): void {
    let rest = this.#held + piece;
    this.#held = '';
    for (let start = rest.indexOf(DECLARATION); start !== -1; start = rest.indexOf(DECLARATION)) {
      this.#feed(rest.slice(0, start));
      rest = rest.slice(start);
      const end = rest.indexOf('?>');
      if (end === -1 && rest.length < DECLARATION_LENGTH) {
        this.#held = rest;
        return;
      }
      // Inside a document it stands in a comment, or the document before it broke off, as the parser will say.
      const inside = !this.#broken && this.#xml.depth > 0;
      if (inside || end === -1) this.#feed(rest.slice(0, DECLARATION.length + 1));
      if (end !== -1 && (this.#broken || !inside)) {
        if (this.#broken) this.#restart();
        if (!inside) this.#countLines(rest.slice(0, end));
        rest = rest.slice(end + 2);
      } else rest = rest.slice(DECLARATION.length + 1);
    }
    const tail = /<(?:\?(?:x(?:m)?)?)?$/.exec(rest)?.[0].length ?? 0;
    this.#held = tail > 0 ? rest.slice(-tail) : '';
    this.#feed(tail > 0 ? rest.slice(0, -tail) : rest);
  }

  end(): void {
    const held = this.#held;
    this.#held = '';
    this.#feed(held);
    if (!this.#broken) this.#guard(() => this.#xml.end());
    if (this.#root !== '' && !this.#broken)
      this.#refuse(`holds no message of eResept (MsgHead of ${MSG_HEAD_NAMESPACE})`, 'the root element');
  }

  /** Refuses the message that is being read and everything up to the next document. */
  fail(reason: string): void {
    this.#broken = true;
    this.#refuse(`${reason}; what follows in the file is not read, up to the next XML declaration`, 'the message');
  }

  open(tag: SaxesTagNS, depth: number): void {
    if (this.#skipped > 0) return;
    if (!this.#message) {
      if (tag.local === 'MsgHead' && tag.uri === MSG_HEAD_NAMESPACE) this.#begin(tag);
      else if (depth === 1) this.#root = tag.local;
      else this.#skipUnknown(tag, depth, this.#root);
      return;
    }
    const parent = this.#frames.at(-1)!;
    if (parent.node.name === 'Content' && parent.known.size === 0) return this.#openContent(tag, depth, parent);
    const known = tag.uri.startsWith(KITH) || tag.local === 'Signature' ? parent.known.get(tag.local) : undefined;
    if (known === undefined) return this.#skipUnknown(tag, depth, parent.node.name);
    if (known === LEFT_OUT) this.#skipped = depth;
    else this.#push(tag, parent, known, undefined);
  }

  close(depth: number): void {
    if (this.#skipped > 0) {
      if (depth === this.#skipped) this.#skipped = 0;
      return;
    }
    const frame = this.#frames.pop();
    if (!frame || !this.#message) return;
    if (frame.isRecord) this.#message.addRecord(frame.node);
    else if (frame.node.name === 'Base64Container') this.#unpack(frame.node.text);
    if (this.#frames.length > 0) return;
    this.#read.push(this.#message.finish(frame.node));
    this.#message = undefined;
  }

  text(text: string): void {
    const frame = this.#skipped > 0 ? undefined : this.#frames.at(-1);
    if (frame?.known.size === 0) frame.node.text += text;
  }

  #begin(tag: SaxesTagNS): void {
    this.#root = '';
    this.#message = new MessageParts(this.#lineBase + this.#xml.line, this.notes);
    this.#frames = [{ node: nodeOf(tag), known: HEAD, record: undefined, isRecord: false }];
  }

  #openContent(tag: SaxesTagNS, depth: number, parent: Frame): void {
    const document = documentOf(tag.local);
    if (tag.local === 'Base64Container') this.#push(tag, parent, tableOf(BASE64), undefined);
    else if (document && this.#message!.takes(document, tag.uri))
      this.#push(tag, parent, tableOf(document.known), document.record);
    else {
      this.#message!.noteContent(tag.local, tag.uri);
      this.#skipped = depth;
    }
  }

  #push(tag: SaxesTagNS, parent: Frame, known: Table, record: string | undefined): void {
    const node = nodeOf(tag);
    const isRecord = parent.record === tag.local;
    // Attachments and records are handed on when they end; all else is kept until the message ends.
    if (!isRecord && tag.local !== 'Base64Container') parent.node.children.push(node);
    this.#frames.push({ node, known, record, isRecord });
  }

  #skipUnknown(tag: SaxesTagNS, depth: number, parent: string): void {
    this.notes.add('unknown-field', `${parent}/${tag.local}`);
    this.#skipped = depth;
  }

  /** A signed prescription in base64. Attachments of attachments are not unpacked. */
  #unpack(base64: string): void {
    if (this.isAttachment) return this.notes.add('attachment-not-m1', 'attachment of an attachment');
    const compact = base64.replace(/\s+/g, '');
    const bytes = /^[A-Za-z0-9+/]+={0,2}$/.test(compact) ? Buffer.from(compact, 'base64') : undefined;
    const text = bytes && decodeXml(bytes);
    if (text === undefined || !/^\s*</.test(text)) return this.notes.add('attachment-not-xml', this.#message!.name);
    this.#nested ??= new MessageReader(this.notes, true);
    this.#nested.#reset();
    this.#nested.write(text);
    this.#nested.end();
    for (const read of this.#nested.take()) {
      if ('unread' in read) this.#message!.refuse('attached M1', read);
      else if (read.body.kind === 'M1') this.#message!.attach(read.body.prescription satisfies Prescription);
      else this.notes.add('attachment-not-m1', read.body.kind);
    }
  }

  #feed(text: string): void {
    if (!this.#broken) this.#guard(() => this.#xml.write(text));
    this.#lines += linesIn(text);
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.fail(error.message);
    }
  }

  #refuse(reason: string, field: string): void {
    const line = this.#message?.line ?? this.#lineBase + this.#xml.line;
    const records = this.#message?.records ?? 0;
    this.#read.push({ unread: true, line, item: this.#message?.name ?? 'message', field, reason, records });
    this.#message = undefined;
    this.#root = '';
  }

  #restart(): void {
    this.#reset();
    this.#lineBase = this.#lines;
  }

  /** Lines of a declaration, which the parser does not see. */
  #countLines(declaration: string): void {
    this.#lines += linesIn(declaration);
    this.#lineBase += linesIn(declaration);
  }

  #reset(): void {
    this.#xml.restart();
    this.#frames = [];
    this.#message = undefined;
    this.#skipped = 0;
    this.#broken = false;
    this.#held = '';
    this.#root = '';
  }
}

function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
