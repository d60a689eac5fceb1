import { SaxesParser, type SaxesTagNS } from 'saxes';
import type { XmlNode } from '../../../domain/import/eresept/xml-node';

/** Why the XML itself cannot be read on: it is not well-formed, or goes beyond a limit. */
export class Unreadable extends Error {}

/** Elements in elements, and characters from one element or text to the next, beyond which a document is refused. */
export const LIMITS = { depth: 64, characters: 16 << 20 } as const;

/** Receives the elements of a document in their order. */
export interface ElementSink {
  open(tag: SaxesTagNS, depth: number): void;
  /** @param depth of the element that ends; 1 is a root */
  close(depth: number): void;
  text(text: string): void;
}

/** The parser's message without names that stand in the file. */
const plain = (message: string) => message.split(/[:"']/)[0]!.trim();

/** Ends at the first error, where the library would go on. */
class StrictParser extends SaxesParser<{ xmlns: true; fragment: true }> {
  override fail(message: string): this {
    throw new Unreadable(`is not well-formed XML: ${plain(message)}`);
  }
}

/**
 * XML as a stream of elements, with namespaces. Entities of a document's own are not known and a DTD is refused, so
 * nothing can expand. Several documents may follow each other.
 */
export class ElementReader {
  #parser: StrictParser;
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
      throw new Unreadable(`has more than ${LIMITS.characters >> 20} Mi characters without a new element or text`);
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

  /** Four handlers and no more: V8 reads a parser with a fifth four times as slowly, as a dictionary. */
  #newParser(): StrictParser {
    const parser = new StrictParser({ xmlns: true, fragment: true });
    const heard =
      <T>(handle: (value: T) => void) =>
      (value: T) => {
        this.#quiet = 0;
        handle(value);
      };
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
