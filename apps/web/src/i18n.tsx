import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import type { Language } from '../../../domain/i18n';

const KEY = 'utplukk.language';

interface LanguageSetting {
  readonly language: Language;
  readonly setLanguage: (language: Language) => void;
}
const Context = createContext<LanguageSetting>({ language: 'nb', setLanguage: () => undefined });

/** Language of the pages: the stored choice, else what the browser asks for, else Norwegian. */
export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(() => {
    const stored = localStorage.getItem(KEY);
    if (stored === 'nb' || stored === 'en') return stored;
    return navigator.language.startsWith('en') ? 'en' : 'nb';
  });
  useEffect(() => {
    document.documentElement.lang = language;
    localStorage.setItem(KEY, language);
  }, [language]);
  const value = useMemo(() => ({ language, setLanguage }), [language]);
  return <Context value={value}>{children}</Context>;
}

export const useLanguage = (): LanguageSetting => useContext(Context);

/** Texts (`messages/`) in the chosen language. Both languages have the same keys: a missing one does not compile. */
export function useMessages<T>(messages: Readonly<Record<Language, T>>): T {
  return messages[useLanguage().language];
}

const LOCALE = { nb: 'nb-NO', en: 'en-GB' } as const;

/** Numbers, amounts and times as people read them; instants in Norwegian time. */
export function useFormat() {
  const { language } = useLanguage();
  return useMemo(() => {
    const locale = LOCALE[language];
    const zone = { timeZone: 'Europe/Oslo' } as const;
    const instant = new Intl.DateTimeFormat(locale, { ...zone, dateStyle: 'medium', timeStyle: 'short' });
    const date = new Intl.DateTimeFormat(locale, { ...zone, dateStyle: 'medium' });
    const month = new Intl.DateTimeFormat(locale, { ...zone, month: 'short', year: 'numeric' });
    const number = (value: number, digits = 0) => value.toLocaleString(locale, { maximumFractionDigits: digits });
    const share = (value: number, digits = 1) => `${number(100 * value, digits)} %`;
    const nok = (kroner: number) => `${number(Math.round(kroner))} kr`;
    const amount = (ore: number) => nok(ore / 100);
    return {
      number,
      share,
      /** An amount in kroner, shown in whole kroner. */
      nok,
      /** An amount in øre, shown in whole kroner. */
      amount,
      /** A feature value by the unit that the catalogue declares. */
      featureValue: (value: number, unit: string) =>
        unit === 'øre' ? amount(value) : unit === 'share' ? share(value) : number(value, 2),
      instant: (text: string | null | undefined) => (text ? instant.format(new Date(text)) : '–'),
      date: (text: string | null | undefined) => (text ? date.format(new Date(text)) : '–'),
      month: (text: string) => month.format(new Date(`${text.slice(0, 10)}T12:00:00Z`)),
      /** Minutes after midnight as a time of day. */
      clock: (minute: number) =>
        `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`,
    };
  }, [language]);
}
