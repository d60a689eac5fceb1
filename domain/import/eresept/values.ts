import { civilTime, parseInstant } from '../../time/civil-time';
import { isNationalId, isHprNumber } from '../../identifiers';
import { child, childrenOf, Refused, textOf, type XmlNode } from './xml-node';

/**
 * Values as the messages of eResept write them. Nothing is rounded and nothing guessed: what does not fit is refused by
 * the name of its element.
 */

const MONEY = /^(-?)(\d{1,13})(?:\.(\d{1,2})0{0,6})?$/;

/** Kroner (type MO) in whole øre. Decimals beyond the second must be zeros. @throws Refused */
export function readOre(text: string, field: string): number {
  const match = MONEY.exec(text);
  if (!match) throw new Refused(field, 'expected kroner with at most two decimals, such as 140.36', text);
  const [, sign, kroner = '0', decimals = ''] = match;
  const ore = Number(kroner) * 100 + Number(decimals.padEnd(2, '0'));
  return sign && ore !== 0 ? -ore : ore;
}

/** Amount of a child element in øre, undefined when it is missing. @throws Refused for another currency than NOK */
export function optionalMoney(parent: XmlNode | undefined, name: string): number | undefined {
  const node = child(parent, name);
  if (!node) return undefined;
  if (node.u !== undefined && node.u !== 'NOK') throw new Refused(`${name}/@U`, 'expected NOK', node.u);
  if (node.v === undefined) throw new Refused(`${name}/@V`, 'is missing');
  return readOre(node.v, name);
}

/** @throws Refused when the element is missing or no amount */
export function money(parent: XmlNode | undefined, name: string): number {
  const ore = optionalMoney(parent, name);
  if (ore === undefined) throw new Refused(name, 'is missing');
  return ore;
}

const QUANTITY = /^(-?)(\d{1,9})(?:\.(\d{1,3})0{0,6})?$/;

/** A decimal quantity in whole thousandths. Decimals beyond the third must be zeros. @throws Refused */
export function thousandths(text: string, field: string): number {
  const match = QUANTITY.exec(text);
  if (!match) throw new Refused(field, 'expected a number with at most three decimals, such as 1.500', text);
  const [, sign, whole = '0', decimals = ''] = match;
  const value = Number(whole) * 1000 + Number(decimals.padEnd(3, '0'));
  return sign && value !== 0 ? -value : value;
}

const WHOLE = /^\d{1,9}$/;

/** A whole number that is not negative. @throws Refused */
export function whole(text: string, field: string): number {
  if (!WHOLE.test(text)) throw new Refused(field, 'expected a whole number that is not negative', text);
  return Number(text);
}

const FRACTION = /(\.\d{3})\d+/;
const YEARS = { first: '1900', last: '2199' } as const;

/** Instant of a dateTime in milliseconds; without an offset it is Norwegian civil time. @throws Refused */
export function instantMs(text: string, field: string): number {
  // Some systems write ten millionths of a second.
  const ms = parseInstant(text.replace(FRACTION, '$1'));
  const year = text.slice(0, 4);
  if (ms === undefined || year < YEARS.first || year > YEARS.last)
    throw new Refused(field, 'expected an existing date and time between 1900 and 2199', text);
  return ms;
}

const DATE = /^(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})?$/;

/** Day of a date; an offset behind it, as some systems write, does not move the day. @throws Refused */
export function day(text: string, field: string): string {
  const written = DATE.exec(text)?.[1];
  if (written === undefined) throw new Refused(field, 'expected a date such as 2020-01-28', text);
  instantMs(`${written}T12:00`, field);
  return written;
}

/** Day of a dateTime in Norway. @throws Refused */
export const dayOfTime = (text: string, field: string): string =>
  DATE.test(text) ? day(text, field) : civilTime(instantMs(text, field)).day;

/** @throws Refused for anything but true, false, 1 and 0 */
export function optionalFlag(parent: XmlNode | undefined, name: string): boolean | undefined {
  const text = textOf(child(parent, name));
  if (text === undefined) return undefined;
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw new Refused(name, 'expected true or false', text);
}

export const flag = (parent: XmlNode | undefined, name: string): boolean => optionalFlag(parent, name) ?? false;

/** Yes (1) or no (2), undefined when the element is missing. @throws Refused for any other code */
export function yesOrNo(parent: XmlNode | undefined, name: string): boolean | undefined {
  const node = child(parent, name);
  if (!node) return undefined;
  if (node.v === '1') return true;
  if (node.v === '2') return false;
  throw new Refused(`${name}/@V`, 'expected 1 (ja) or 2 (nei)', node.v);
}

const CODE = /^[^\s<>"']{1,20}$/;

/** Code (`V`) of a child element, undefined when it is missing or empty. @throws Refused for text that is no code */
export function code(parent: XmlNode | undefined, name: string): string | undefined {
  const value = child(parent, name)?.v?.trim();
  if (!value) return undefined;
  if (!CODE.test(value)) throw new Refused(`${name}/@V`, 'expected a code of at most 20 characters');
  return value;
}

/** The id of one kind (`TypeId V`) among the identifiers in an element, or undefined. */
export function idOfKind(parent: XmlNode | undefined, ...kinds: readonly string[]): string | undefined {
  for (const ident of childrenOf(parent, 'Ident'))
    if (kinds.includes(child(ident, 'TypeId')?.v ?? '')) return textOf(child(ident, 'Id'));
  return undefined;
}

/** @returns the number, or undefined where none is given @throws Refused for text that is no HPR number */
export function hprOf(parent: XmlNode | undefined, field: string): number | undefined {
  const text = idOfKind(parent, 'HPR');
  if (text === undefined) return undefined;
  if (!isHprNumber(text)) throw new Refused(field, 'expected an HPR number of 1 to 9 digits');
  return Number(text);
}

/** Kinds of number (`TypeId`) that say who a person is where there is none of Norway's own, the surest first. */
const OTHER_IDS = ['FHN', 'DUF', 'PNR', 'UID'] as const;

/**
 * What the vault makes a pseudonym of: a national id, else another number, else names and birth date, the last two in a
 * name space of their own. None is kept. A birth date without both names is no person: many share it.
 * @throws Refused for a national id with wrong control digits
 */
export function personOf(patient: XmlNode | undefined): string | undefined {
  const national = idOfKind(patient, 'FNR', 'DNR', 'HNR');
  if (national !== undefined) {
    if (!isNationalId(national) && idOfKind(patient, 'FNR', 'DNR') !== undefined)
      throw new Refused('Pasient/Ident', 'expected an identity number of 11 digits with right control digits');
    return isNationalId(national) ? national : `eresept:${national}`;
  }
  for (const kind of OTHER_IDS) {
    const id = idOfKind(patient, kind);
    if (id !== undefined) return `eresept:${kind}|${id}`;
  }
  const text = (...names: readonly string[]) =>
    names.map((name) => textOf(child(patient, name))).find((found) => found !== undefined);
  const [born, given] = [text('Fodselsdato', 'DateOfBirth'), text('Fornavn', 'GivenName')];
  const [middle, family] = [text('Mellomnavn', 'MiddleName'), text('Etternavn', 'FamilyName')];
  if (born === undefined || given === undefined || family === undefined) return undefined;
  return `eresept:${born}|${[given, middle ?? '', family].join('|').toLowerCase()}`;
}
