import { idnr } from '@navikt/fnrvalidator';

/**
 * Norwegian identifiers and their control digits (Brønnøysundregistrene; Skatteetaten's synthetic people: month + 80).
 */
const ORG_WEIGHTS = [3, 2, 7, 6, 5, 4, 3, 2];
const K1_WEIGHTS = [3, 7, 6, 1, 8, 9, 4, 5, 2];
const K2_WEIGHTS = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];

/** 11 - (weighted sum mod 11), where 11 becomes 0; undefined for 10, because such numbers are not issued. */
function mod11(digits: string, weights: readonly number[]): number | undefined {
  const sum = weights.reduce((total, weight, index) => total + weight * Number(digits[index]), 0);
  const control = 11 - (sum % 11);
  return control === 11 ? 0 : control === 10 ? undefined : control;
}

export const orgControlDigit = (first8: string) => mod11(first8, ORG_WEIGHTS);

export function isOrganisationNumber(text: string): boolean {
  return /^\d{9}$/.test(text) && orgControlDigit(text) === Number(text[8]);
}

/** The two control digits of a national identity number, or undefined if the first nine digits are not issued. */
export function nationalIdControl(first9: string): string | undefined {
  const k1 = mod11(first9, K1_WEIGHTS);
  if (k1 === undefined) return undefined;
  const k2 = mod11(`${first9}${k1}`, K2_WEIGHTS);
  return k2 === undefined ? undefined : `${k1}${k2}`;
}

/**
 * Whether text is a fødselsnummer, D-number (day + 40), H-number (month + 40) or synthetic one (month + 80) with an
 * existing date and right control digits, those that are given out from 2032 included.
 */
export const isNationalId = (text: string): boolean => /^\d{11}$/.test(text) && idnr(text).status === 'valid';

/** Whether an identity number belongs to no living person; no others may occur in this repository. */
export const isSyntheticNationalId = (text: string): boolean => isNationalId(text) && Number(text.slice(2, 4)) > 80;

export const isHprNumber = (text: string): boolean => /^[1-9]\d{0,8}$/.test(text);
