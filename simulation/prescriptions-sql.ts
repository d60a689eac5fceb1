import { bitOf, CALIBRATION, groupCode, GROUPS, PRODUCTS } from './calibration';
import { type SimulationConfig, monthAt } from './simulation-config';
import { text } from './tables';

const PHARMACY = GROUPS.findIndex((group) => group.field === 'APO');
const PRESCRIBERS = GROUPS.flatMap((group, g) => (['FALE', 'SPIN'].includes(groupCode(group)) ? [g] : []));
const PRICE_NOK: Readonly<Record<string, number>> = {
  C10AA: 90,
  N02CC: 240,
  A10BJ: 1350,
  C09AA: 80,
  R03AK: 420,
  N06AB: 110,
  J01CA: 95,
};

/** Adds the prescriptions of a month's contacts (with behaviour A13) and their dispensings (with A12). */
export function prescriptionsSql(config: SimulationConfig, m: number): string {
  const glp1 = monthAt(config, m) >= '2024-07' ? 2.2 : 1;
  const active = (bit: number) => `case when (a.mask & ${bit}) <> 0 and ${m} >= a.start_m then a.severity else 0 end`;
  const weights = PRODUCTS.map((product) => {
    const kind = 'behaviour' in product ? product.behaviour : undefined;
    const lift = kind ? `* (1 + 7 * s13) * ${kind === 'glp1' ? glp1 : 1}` : '';
    return `${product.share} ${lift}`;
  });
  const total = `(${weights.join(' + ')})`;
  const upTo = PRODUCTS.map((_, i) => `(${weights.slice(0, i + 1).join(' + ')})`);
  const cases = PRODUCTS.map((product, i) => `when ur * ${total} < ${upTo[i]} then ${text(product.atc)}`);
  const atc = `case ${cases.join(' ')} else ${text(PRODUCTS.at(-1)!.atc)} end`;
  const generic = PRODUCTS.filter((product) => product.generic).map((product) => text(product.atc));
  const price = `case atc ${Object.entries(PRICE_NOK)
    .map(([code, amountNok]) => `when ${text(code)} then ${amountNok * 100}`)
    .join(' ')} else 10000 end`;
  return `
    insert into pending_prescription
    with pharmacy as (select idx, muni, row_number() over (partition by muni order by idx) - 1 as nr,
      count(*) over (partition by muni) as of_muni, ${active(bitOf('A12'))} as s12 from provider a
      where grp = ${PHARMACY}),
    written as (
      select b.idx, b.d, b.i, b.day, b.p, b.muni, ${active(bitOf('A13'))} as s13, u(b.idx, b.d, b.i, 'rx which') as ur
      from sim_bill b join provider a using (idx)
        where b.copy = 0 and b.grp in (${PRESCRIBERS.join(', ')})
        and u(b.idx, b.d, b.i, 'rx') < ${CALIBRATION.prescriptionShare}),
    named as (select *, ${atc} as atc, 1 + cast(floor(u(idx, d, i, 'rx packages') * 3) as integer) as packages
      from written),
    sent as (
      select n.*, ph.idx as pharmacy, ph.s12 from named n
        join pharmacy ph on ph.muni = n.muni and ph.nr
        = cast(floor(u(n.idx, n.d, n.i, 'rx where') * ph.of_muni) as bigint))
    select idx, pharmacy, p, day, atc, packages,
      case when s12 > 0 and u(idx, d, i, 'A12') < 0.35 * s12
        then packages + 1 + cast(floor(2 * u(idx, d, i, 'A12 n')) as integer) else packages end,
      atc in (${generic.join(', ')}) and u(idx, d, i, 'rx generic') < 0.03 + 0.45 * s13,
      u(idx, d, i, 'rx override') < 0.015 + 0.25 * s12,
      ${price} * packages,
      day + cast(floor(9 * u(idx, d, i, 'rx day')) as integer),
      cast(day + 10 + cast(floor(9 * u(idx, d, i, 'rx day')) as integer) as timestamp) + interval 9 hour,
      hash(hash(${config.seed}::bigint, idx, d, i, 'rx a')),
        hash(hash(${config.seed}::bigint, 'rx b', idx, d * 1000 + i))
    from sent`;
}
