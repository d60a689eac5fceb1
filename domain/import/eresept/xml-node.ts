/**
 * An element of a message as it was read: its code or amount (`V`) with unit (`U`) and display name (`DN`), its text,
 * and the elements in it. Elements that the product does not use are never built.
 */
export interface XmlNode {
  readonly name: string;
  readonly v: string | undefined;
  readonly u: string | undefined;
  readonly dn: string | undefined;
  readonly s: string | undefined;
  text: string;
  readonly children: XmlNode[];
}

/** Why a part of a message is refused: where, what was found there, and what was expected. */
export class Refused extends Error {
  /** @param value what was found; left out where it may identify a person */
  constructor(
    readonly field: string,
    readonly reason: string,
    readonly value?: string,
  ) {
    super(`${field}: ${reason}`);
  }
}

export const child = (node: XmlNode | undefined, name: string): XmlNode | undefined =>
  node?.children.find((one) => one.name === name);
export const childrenOf = (node: XmlNode | undefined, name: string): XmlNode[] =>
  node?.children.filter((one) => one.name === name) ?? [];

/** The element at a path of names, if it is there. */
export const at = (node: XmlNode | undefined, ...path: readonly string[]): XmlNode | undefined =>
  path.reduce<XmlNode | undefined>(child, node);

/** Text of an element, trimmed; undefined when the element is missing or empty. */
export function textOf(node: XmlNode | undefined): string | undefined {
  const text = node?.text.trim();
  return text ? text : undefined;
}

/** @throws Refused when the element is missing or empty */
export function requiredText(parent: XmlNode | undefined, name: string): string {
  const text = textOf(child(parent, name));
  if (text === undefined) throw new Refused(name, 'is missing or empty');
  return text;
}
