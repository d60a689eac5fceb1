import { SaxesParser, type SaxesTagNS } from 'saxes';
import type { XmlNode } from '../../../domain/import/eresept/xml-node';

/** Why the XML itself cannot be read on: it is not well-formed, or goes beyond a limit. */
export class Unreadable extends Error {}

/** Elements in elements, and characters of one text, tag or comment, beyond which a document is refused. */
export const LIMITS = { depth: 64, characters: 16 << 20 } as const;

/** Receives the elements of a document in their order. */
export interface ElementSink {
  open(tag: SaxesTagNS, depth: number): void;
  /** @param depth of the element that ends; 1 is a root */
  close(depth: number): void;
  text(text: string): void;
}

/** The parser's message without its position and without names that stand in the file. */
const plain = (message: string) =>
  message
    .replace(/^(?:[^:]*:)?\d+:\d+: /, '')
    .split(/[:"']/)[0]!
    .trim();

/**
 * XML as a stream of elements, with namespaces. Entities of a document's own are not known and a DTD is refused, so
 * nothing can expand. Several documents may follow each other.
 */
export class ElementReader {
  #parser: SaxesParser<{ xmlns: true; fragment: true }>;
  #depth = 0;
  #quiet = 0;

  constructor(readonly sink: ElementSink) {
    this.#parser = this.#newParser();
  }

  /** Elements that are open. */
  get depth(): number {
    return this.#depth;
  }

  /** Line of the parser, from 1. */
  get line(): number {
    return this.#parser.line;
  }

  /** @throws Unreadable */
  write(text: string): void {
    if (text === '') return;
    this.#quiet += text.length;
    this.#parser.write(text);
    if (this.#quiet > LIMITS.characters)
      throw new Unreadable(`a text, tag or comment is longer than ${LIMITS.characters >> 20} Mi characters`);
  }

  /** @throws Unreadable when an element is still open */
  end(): void {
    this.#parser.close();
  }

  /** Starts anew after an error. */
  restart(): void {
    this.#depth = 0;
    this.#quiet = 0;
    this.#parser = this.#newParser();
  }

  #newParser(): SaxesParser<{ xmlns: true; fragment: true }> {
    const parser = new SaxesParser({ xmlns: true, fragment: true });
    const heard =
      <T>(handle: (value: T) => void) =>
      (value: T) => {
        this.#quiet = 0;
        handle(value);
      };
    parser.on('error', (error) => {
      throw new Unreadable(`is not well-formed XML: ${plain(error.message)}`);
    });
    parser.on(
      'opentag',
      heard((tag: SaxesTagNS) => {
        if (++this.#depth > LIMITS.depth) throw new Unreadable(`has elements more than ${LIMITS.depth} deep`);
        this.sink.open(tag, this.#depth);
      }),
    );
    parser.on(
      'closetag',
      heard(() => this.sink.close(this.#depth--)),
    );
    const text = heard((value: string) => {
      if (this.#depth === 0 && value.trim() !== '') throw new Unreadable('has text outside of its root element');
      this.sink.text(value);
    });
    parser.on('text', text);
    parser.on('cdata', text);
    parser.on(
      'comment',
      heard(() => {}),
    );
    parser.on(
      'processinginstruction',
      heard(() => {}),
    );
    return parser;
  }
}

/** An empty node for a tag. */
export const nodeOf = (tag: SaxesTagNS): XmlNode => ({
  name: tag.local,
  v: tag.attributes['V']?.value,
  u: tag.attributes['U']?.value,
  dn: tag.attributes['DN']?.value,
  s: tag.attributes['S']?.value,
  text: '',
  children: [],
});
