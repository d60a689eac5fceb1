import type { Language } from '../../../../domain/i18n';
import { STATES, STEPS } from '../../../../domain/steps';
import { codeText } from './code-texts';

const textsIn = (language: Language): Readonly<Record<string, string>> =>
  Object.fromEntries([...STEPS, ...STATES].map((step) => [step.id, step[language]]));
const TEXTS = { nb: textsIn('nb'), en: textsIn('en') };

/** The text of the step or state that a workflow reports to be at. */
export const progressName = (id: string, language: Language): string => codeText(TEXTS[language], id);
