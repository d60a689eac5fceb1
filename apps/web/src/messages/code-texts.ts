import type { Language } from '../../../../domain/i18n';

/** A text in both languages for every code of a union: a code without one does not compile. */
export type CodeTexts<Code extends string> = Readonly<Record<Language, Readonly<Record<Code, string>>>>;

/**
 * The text of a code that the API document declares as any string. A code that the page does not know, for example of
 * a newer server, is shown as such and reported as an error of the page, so that tests notice it.
 */
export function codeText(texts: Readonly<Record<string, string>>, code: string): string {
  const text = Object.hasOwn(texts, code) ? texts[code] : undefined;
  if (text !== undefined) return text;
  console.error(`no text for the code ${code}`);
  return `(${code})`;
}
