/**
 * Tariffs (takster) the product knows the time of. Minutes are the least time a tariff needs (minimum tidsbruk); codes
 * and kinds follow the public tariff tables, minutes where those give none are assumptions of this project.
 */
export type TariffKind =
  'simple-contact' | 'consultation' | 'e-consultation' | 'visit' | 'time-add-on' | 'procedure' | 'lab' | 'group' | 'other';

export interface Tariff {
  readonly code: string;
  readonly field: string;
  readonly kind: TariffKind;
  readonly minMinutes: number;
  readonly description: string;
}

const tariff = (code: string, field: string, kind: TariffKind, minMinutes: number, description: string): Tariff => ({
  code,
  field,
  kind,
  minMinutes,
  description,
});

export const TARIFFS: readonly Tariff[] = [
  tariff('1ad', 'LE', 'simple-contact', 5, 'simple contact in person, day'),
  tariff('1ak', 'LE', 'simple-contact', 5, 'simple contact in person, evening and night'),
  tariff('1bd', 'LE', 'simple-contact', 4, 'simple contact by phone or text, day'),
  tariff('1bk', 'LE', 'simple-contact', 4, 'simple contact by phone or text, evening and night'),
  tariff('2ad', 'LE', 'consultation', 15, 'consultation, day'),
  tariff('2ak', 'LE', 'consultation', 15, 'consultation, evening and night'),
  tariff('2ae', 'LE', 'e-consultation', 10, 'e-consultation'),
  tariff('2cd', 'LE', 'time-add-on', 15, 'consultation over 20 minutes, per started 15, day'),
  tariff('2ck', 'LE', 'time-add-on', 15, 'consultation over 20 minutes, per started 15, evening and night'),
  tariff('2dd', 'LE', 'other', 0, 'specialist add-on'),
  tariff('3ad', 'LE', 'consultation', 20, 'specialist consultation'),
  tariff('3bd', 'LE', 'time-add-on', 15, 'specialist time add-on'),
  tariff('11ad', 'LE', 'visit', 20, 'home visit'),
  tariff('11ak', 'LE', 'visit', 25, 'home visit, evening and night'),
  tariff('615', 'LE', 'procedure', 20, 'talk therapy'),
  tariff('616', 'LE', 'procedure', 30, 'talk therapy, specialist'),
  tariff('701a', 'LE', 'lab', 3, 'blood sample'),
  tariff('705k', 'LE', 'lab', 1, 'laboratory test'),
  tariff('L1', 'LE', 'other', 3, 'sickness certificate'),
  tariff('A1a', 'FY', 'consultation', 30, 'physiotherapy examination'),
  tariff('A8a', 'FY', 'procedure', 30, 'physiotherapy, individual'),
  tariff('A9a', 'FY', 'procedure', 20, 'physiotherapy, individual exercise'),
  tariff('C33', 'FY', 'group', 15, 'physiotherapy in a group'),
  tariff('D1', 'FY', 'other', 0, 'physiotherapy add-on'),
  tariff('1', 'TH', 'consultation', 20, 'dental examination'),
  tariff('501', 'TH', 'procedure', 30, 'dental treatment, 30 to 59 minutes'),
  tariff('502', 'TH', 'procedure', 40, 'dental treatment, longer'),
  tariff('407', 'TH', 'procedure', 45, 'periodontal treatment'),
  tariff('604', 'TH', 'procedure', 20, 'orthodontics'),
  tariff('800', 'TH', 'other', 5, 'dental x-ray'),
  tariff('202b', 'PS', 'consultation', 60, 'psychologist, one hour'),
  tariff('203b', 'PS', 'consultation', 90, 'psychologist, one and a half hours'),
  tariff('207c', 'PS', 'consultation', 30, 'psychologist, half an hour'),
  tariff('210', 'PS', 'other', 15, 'psychological test'),
  tariff('K1', 'KI', 'consultation', 20, 'chiropractor'),
  tariff('K2', 'KI', 'consultation', 30, 'chiropractor, extended'),
  tariff('LG1', 'LOGO', 'consultation', 60, 'speech therapy'),
  tariff('LG2', 'LOGO', 'group', 30, 'speech therapy in a group'),
];

const BY_CODE = new Map(TARIFFS.map((entry) => [entry.code, entry]));

/** @throws RangeError for a code that the reference does not hold */
export function tariffOf(code: string): Tariff {
  const found = BY_CODE.get(code);
  if (!found) throw new RangeError(`tariff ${code} is not in the reference`);
  return found;
}
