/** Fields, practice types and ICPC-2 chapters of the public code lists (kodeverk of KUHR; WONCA's ICPC-2). */
export const FIELDS: Readonly<Record<string, string>> = {
  AP: 'apotek',
  AU: 'audiopedagog',
  FY: 'fysioterapeut',
  HS: 'helsesøster, helsesykepleier',
  JO: 'jordmor',
  KI: 'kiropraktor',
  LE: 'lege',
  LOGO: 'logoped',
  LR: 'laboratorium og røntgen',
  OR: 'ortoptist',
  PO: 'poliklinikk',
  PS: 'psykolog',
  TH: 'tannhelse',
  TP: 'tannpleier',
};

/** Practice type (praksistype) -> name and field. */
export const PRACTICE_TYPES: Readonly<Record<string, { readonly name: string; readonly field: string }>> = {
  FALE: { name: 'fastlege', field: 'LE' },
  FALO: { name: 'fastlege, fastlønn', field: 'LE' },
  FATU: { name: 'turnuslege (LIS1)', field: 'LE' },
  LEVA: { name: 'legevakt', field: 'LE' },
  LEKO: { name: 'legevakt, kommunal', field: 'LE' },
  KOLE: { name: 'kommunal lege', field: 'LE' },
  SPAN: { name: 'spesialist i anestesi', field: 'LE' },
  SPFY: { name: 'spesialist i fysikalsk medisin', field: 'LE' },
  SPGY: { name: 'spesialist i gynekologi', field: 'LE' },
  SPHU: { name: 'spesialist i hudsykdommer', field: 'LE' },
  SPIN: { name: 'spesialist i indremedisin', field: 'LE' },
  SPNE: { name: 'spesialist i nevrologi', field: 'LE' },
  SPOK: { name: 'spesialist i øyesykdommer og kirurgi', field: 'LE' },
  SPPS: { name: 'spesialist i psykiatri', field: 'LE' },
  FYNO: { name: 'fysioterapeut', field: 'FY' },
  FYMT: { name: 'manuellterapeut', field: 'FY' },
  FYPM: { name: 'psykomotorisk fysioterapeut', field: 'FY' },
  PSNO: { name: 'psykolog', field: 'PS' },
  PSNE: { name: 'nevropsykolog', field: 'PS' },
  TANN: { name: 'tannlege', field: 'TH' },
  TAKJ: { name: 'kjeveortoped', field: 'TH' },
  TAPL: { name: 'tannpleier', field: 'TH' },
  KINO: { name: 'kiropraktor', field: 'KI' },
  LOGO: { name: 'logoped', field: 'LOGO' },
  AUDI: { name: 'audiopedagog', field: 'AU' },
  ORTO: { name: 'ortoptist', field: 'OR' },
  JORD: { name: 'jordmor', field: 'JO' },
  LABO: { name: 'laboratorium og røntgen', field: 'LR' },
  APOT: { name: 'apotek', field: 'AP' },
};

/** Chapter letter -> body system (ICPC-2). */
export const ICPC2_CHAPTERS: Readonly<Record<string, string>> = {
  A: 'allment og uspesifisert',
  B: 'blod, bloddannende organer og immunsystem',
  D: 'fordøyelsessystemet',
  F: 'øye',
  H: 'øre',
  K: 'hjerte- og karsystemet',
  L: 'muskel- og skjelettsystemet',
  N: 'nervesystemet',
  P: 'psykisk',
  R: 'luftveier',
  S: 'hud',
  T: 'endokrine, metabolske og ernæringsmessige forhold',
  U: 'urinveier',
  W: 'svangerskap, fødsel og familieplanlegging',
  X: 'kvinnelige kjønnsorganer',
  Y: 'mannlige kjønnsorganer',
  Z: 'sosiale problemer',
};

/** Rules of the rule engine (merknader) by number. */
export const RULES: Readonly<Record<number, string>> = {
  130: 'patient is not on the list of the provider',
  470: 'simple contact within 60 minutes of a consultation',
  502: 'tariffs that exclude each other',
  611: 'more repetitions than the tariff allows',
  766: 'bill dated in the future',
};

export interface RegimeEvent {
  readonly day: string;
  readonly what: string;
}
/** Changes that cause breaks in time series, for drift reports. */
export const REGIME_EVENTS: readonly RegimeEvent[] = [
  { day: '2020-03-12', what: 'pandemic: e-consultations grow at once' },
  ...[2020, 2021, 2022, 2023, 2024, 2025].map((year) => ({ day: `${year}-07-01`, what: `tariffs of ${year}` })),
  { day: '2024-07-01', what: 'GLP-1 medicines move to individual refund' },
].sort((a, b) => (a.day < b.day ? -1 : 1));
