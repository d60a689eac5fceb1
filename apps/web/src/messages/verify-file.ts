export const MESSAGES = {
  nb: {
    lead: 'Filen leses og kontrolleres her i nettleseren og forlater aldri maskinen din. Ingen server er involvert.',
    file: 'Eksportert revisjonslogg (ledger.ndjson)',
    key: 'Notarens offentlige nøkkel (base64)',
    keyHelp:
      'Skriv nøkkelen du har fått fra noen du stoler på. Uten den brukes nøkkelen som filen selv oppgir, og det ' +
      'beviser mindre.',
    verify: 'Kontroller',
    cancel: 'Avbryt',
    working: (n: string, share: string) => `${n} linjer, ${share}`,
    intact: (n: string, s: string) => `Filen er uendret: ${n} oppføringer kontrollert på ${s} s.`,
    anchored: (n: string, c: string, at: string) =>
      `${n} oppføringer er dekket av ${c} signerte sjekkpunkter, det siste fra ${at}.`,
    trustedKey: 'Nøkkel som ble brukt',
    keyFromFile: 'Nøkkelen kom fra filen selv. Sammenlign den med den du kjenner.',
    changed: 'FILEN ER ENDRET',
    failed: 'Filen kunne ikke leses:',
  },
  en: {
    lead: 'The file is read and verified in this browser and never leaves your computer. No server takes part.',
    file: 'Exported audit log (ledger.ndjson)',
    key: "The notary's public key (base64)",
    keyHelp:
      'Enter the key that you got from somebody you trust. Without it the key that the file itself names is used, ' +
      'which proves less.',
    verify: 'Verify',
    cancel: 'Cancel',
    working: (n: string, share: string) => `${n} lines, ${share}`,
    intact: (n: string, s: string) => `The file is unchanged: ${n} entries verified in ${s} s.`,
    anchored: (n: string, c: string, at: string) =>
      `${n} entries are covered by ${c} signed checkpoints, the last of ${at}.`,
    trustedKey: 'Key that was used',
    keyFromFile: 'The key came from the file itself. Compare it with the one you know.',
    changed: 'THE FILE HAS BEEN CHANGED',
    failed: 'The file could not be read:',
  },
};
