import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import type { Language } from '../../../domain/i18n';

const KEY = 'utplukk.language';

interface Setting {
  readonly language: Language;
  readonly choose: (language: Language) => void;
}
const Context = createContext<Setting>({ language: 'nb', choose: () => undefined });

/** Language of the pages: what was chosen before, else what the browser asks for, else Norwegian. */
export function Languages({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(() => {
    const kept = localStorage.getItem(KEY);
    if (kept === 'nb' || kept === 'en') return kept;
    return navigator.language.startsWith('en') ? 'en' : 'nb';
  });
  useEffect(() => {
    document.documentElement.lang = language;
    localStorage.setItem(KEY, language);
  }, [language]);
  const value = useMemo(() => ({ language, choose: setLanguage }), [language]);
  return <Context value={value}>{children}</Context>;
}

export const useLanguage = (): Setting => useContext(Context);

/** Words of a page stand beside it, in both languages with the same keys: a missing one does not compile. */
export function useWords<W>(words: Readonly<Record<Language, W>>): W {
  return words[useLanguage().language];
}

const LOCALE = { nb: 'nb-NO', en: 'en-GB' } as const;

/** Numbers, kroner and times as people read them; instants in Norwegian time. */
export function useFormats() {
  const { language } = useLanguage();
  return useMemo(() => {
    const locale = LOCALE[language];
    const zone = { timeZone: 'Europe/Oslo' } as const;
    const instant = new Intl.DateTimeFormat(locale, { ...zone, dateStyle: 'medium', timeStyle: 'short' });
    const date = new Intl.DateTimeFormat(locale, { ...zone, dateStyle: 'medium' });
    const month = new Intl.DateTimeFormat(locale, { ...zone, month: 'short', year: 'numeric' });
    const number = (value: number, digits = 0) => value.toLocaleString(locale, { maximumFractionDigits: digits });
    const share = (value: number, digits = 1) => `${number(100 * value, digits)} %`;
    const amountNok = (ore: number) => `${number(Math.round(ore / 100))} kr`;
    return {
      number,
      share,
      amountNok,
      /** A figure of a feature by its unit, as the catalogue declares it. */
      figure: (value: number, unit: string) =>
        unit === 'øre' ? amountNok(value) : unit === 'share' ? share(value) : number(value, 2),
      instant: (text: string | null | undefined) => (text ? instant.format(new Date(text)) : '–'),
      date: (text: string | null | undefined) => (text ? date.format(new Date(text)) : '–'),
      month: (text: string) => month.format(new Date(`${text.slice(0, 10)}T12:00:00Z`)),
      clock: (minute: number) =>
        `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`,
    };
  }, [language]);
}
