import type { Tx } from '../../postgres/connection';

/** A practice while it is valid, by the facts known last. */
interface Period {
  readonly providerId: number;
  readonly practiceNo: string;
  readonly isPharmacy: boolean;
  readonly from: string;
  readonly until: string | undefined;
}

/** Field of pharmacies. */
const PHARMACY_FIELD = 'APO';

/**
 * Finds providers by organisation number and HPR number. One number may have several practices: the one that is valid
 * on the day, of those the one that began last, of those the lowest practice number. Where none is valid on the day,
 * the same choice is made among all, because a settlement may come after a practice has closed. A pharmacy is looked
 * for among pharmacies first.
 */
export class Parties {
  #byOrgnr: Map<string, Period[]> | undefined;
  #byHpr = new Map<number, Period[]>();

  async pharmacy(tx: Tx, orgnr: string | undefined, day: string): Promise<number | undefined> {
    if (orgnr === undefined) return undefined;
    const periods = (await this.#load(tx)).get(orgnr) ?? [];
    const pharmacies = periods.filter((period) => period.isPharmacy);
    return validOn(pharmacies.length > 0 ? pharmacies : periods, day)?.providerId;
  }

  async prescriber(tx: Tx, hpr: number | undefined, day: string): Promise<number | undefined> {
    if (hpr === undefined) return undefined;
    await this.#load(tx);
    return validOn(this.#byHpr.get(hpr) ?? [], day)?.providerId;
  }

  async #load(tx: Tx): Promise<Map<string, Period[]>> {
    if (this.#byOrgnr) return this.#byOrgnr;
    const { rows } = await tx.raw<{
      rows: {
        id: number;
        no: string;
        field: string;
        hpr: string | null;
        org: string | null;
        from: string;
        to: string | null;
      }[];
    }>(
      `select distinct on (f.provider_id, f.valid_from) p.provider_id as id, practice_no as no, field,
        hpr_no as hpr, orgnr as org, valid_from::text as "from", valid_to::text as "to"
       from core.provider_fact f join core.provider p using (provider_id)
       order by f.provider_id, f.valid_from, f.known_from desc`,
    );
    const byOrgnr = new Map<string, Period[]>();
    const add = <K>(map: Map<K, Period[]>, key: K, period: Period) => {
      const periods = map.get(key);
      if (periods) periods.push(period);
      else map.set(key, [period]);
    };
    for (const { id, no, field, hpr, org, from, to } of rows) {
      const isPharmacy = field === PHARMACY_FIELD;
      const period = { providerId: id, practiceNo: no, isPharmacy, from, until: to ?? undefined };
      if (org !== null) add(byOrgnr, org, period);
      if (hpr !== null) add(this.#byHpr, Number(hpr), period);
    }
    return (this.#byOrgnr = byOrgnr);
  }
}

function validOn(periods: readonly Period[], day: string): Period | undefined {
  const valid = periods.filter(({ from, until }) => from <= day && (until === undefined || day <= until));
  const later = (a: Period, b: Period) => a.from > b.from || (a.from === b.from && a.practiceNo < b.practiceNo);
  return (valid.length > 0 ? valid : periods).reduce<Period | undefined>(
    (best, period) => (best === undefined || later(period, best) ? period : best),
    undefined,
  );
}
