export const MESSAGES = {
  nb: { estimand: 'Størrelsen som anslås', assumption: 'Forutsetning', method: 'Metode' },
  en: { estimand: 'Estimand', assumption: 'Assumption', method: 'Method' },
};

/** Evaluation documents are in English; this is the Norwegian text where labelled providers stand for all (`naive`). */
export const NAIVE_NB = {
  estimand: 'andelen med funn blant de k første, om listen hadde vært trukket blant helseaktørene med kjent utfall',
  assumption:
    'helseaktører med kjent utfall er som alle andre. Kontrollsakene ble ikke valgt tilfeldig, så dette sier hvor ' +
    'godt helseaktører med kjent utfall er ordnet, ikke hvor mange funn en liste av helseaktører uten kjent utfall ' +
    'ville gitt',
  method: ({ draws, level, rows, findings }: Readonly<Record<string, string>>) => {
    const support = rows === undefined ? '' : `; få rader: ${rows} rader med ${findings} funn`;
    return `bare helseaktører med kjent utfall; bootstrap over helseaktører, ${draws} trekninger; ${level} %${support}`;
  },
};
