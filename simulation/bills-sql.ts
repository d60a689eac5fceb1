import { bitOf, type Behaviour, CALIBRATION, BENIGN_REASONS } from './calibration';
import { priceOf } from './prices';
import { type SimulationConfig, monthAt } from './simulation-config';

/**
 * SQL that simulates one month of service, step by step: the days each provider works, the contacts of each day, their
 * lines and start times, what the planted behaviours add, the outcomes of the rule engine, and when bills are
 * received. It uses whole numbers and hashes only. Column `planted` names the behaviour that a bill or line results
 * from.
 */
const strength = (behaviour: Behaviour, m: number) =>
  `case when (mask & ${bitOf(behaviour)}) <> 0 and ${m} >= start_m then severity else 0 end`;
const benign = (kind: (typeof BENIGN_REASONS)[number]) => BENIGN_REASONS.indexOf(kind);

/** Creates the days that each provider works in month `m`, with the number of contacts. */
export function daysSql(config: SimulationConfig, m: number): string {
  const month = monthAt(config, m);
  const season = CALIBRATION.season[Number(month.slice(5)) - 1]!;
  const growth = 1 + (CALIBRATION.yearlyGrowth * m) / 12;
  const behaviours: Behaviour[] = ['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'A7', 'A8', 'A9', 'A10', 'A11'];
  return `
    create or replace temp table sim_day as
    with calendar as (select cast(unnest(generate_series(date '${month}-01', last_day(date '${month}-01'),
      interval 1 day)) as date) as day),
    worked as (
      select a.*, c.day, datediff('day', date '1970-01-01', c.day) as d,
        ${behaviours.map((b) => `${strength(b, m)} as s${b.slice(1)}`).join(', ')}
      from provider a cross join calendar c
      where a.from_m <= ${m} and a.until_m > ${m} and a.intensity > 0
        and u(a.idx, datediff('day', date '1970-01-01', c.day), 0, 'open')
          < ${(config.volume * season).toFixed(9)} * case when isodow(c.day) >= 6 then a.p_weekend
          else a.p_weekday end),
    planted as (
      select *, s1 > 0 and u(idx, d, 0, 'A1') < 0.25 + 0.5 * s1 as p1,
        s5 > 0 and u(idx, d, 0, 'A5') < 0.3 + 0.4 * s5 as p5,
        s6 > 0 and u(idx, d, 0, 'A6') < 0.3 + 0.5 * s6 as p6, s11 > 0 and u(idx, d, 0, 'A11') < 0.3 + 0.5 * s11 as p11,
        substitute and u(idx, d, 0, 'sub day') < ${CALIBRATION.substituteDays} as sub_day
      from worked),
    counted as (
      select *, greatest(1, cast(round(intensity
        * exp(${CALIBRATION.daySigma} * normal(idx, d, 0, 'n')) * ${growth.toFixed(6)}
        * case when ramp then least(1.0, (${m} - from_m + 2) / 12.0) else 1 end) as integer)) as n_base
      from planted)
    select *, n_base + case when p1 then cast(ceil(n_base * (0.6 + 1.2 * s1)) as integer) when p11
      then cast(ceil(n_base * (0.6 + 1.0 * s11)) as integer) else 0 end as n
    from counted`;
}

/** Creates the contacts of each day with their main tariff and patient, without times. */
export function contactsSql(m: number): string {
  return `
    create or replace temp table sim_contact as
    with numbered as (select *, unnest(range(n)) as i from sim_day),
    drawn as (
      select * exclude (n, n_base), i >= n_base as extra, u(idx, d, i, 'main') as um, i % performers as performer_no,
        s9 > 0 and u(idx, d, i, 'A9') < s9 as p9, s4 > 0 and u(idx, d, i, 'A4') < 0.5 * s4 as p4,
        p5 and i between 3 and 3 + 6 * s5 as stacked, s8 > 0 and u(idx, d, i, 'A8') < 0.04 + 0.12 * s8 as p8
      from numbered),
    used as (
      select c.*, w.tariff as drawn_tariff, w.kind as drawn_kind from drawn c
        join main_use w on w.grp = c.grp and c.um >= w.lo and c.um < w.hi),
    chosen as (
      select *, case
          when stacked and drawn_kind in ('consultation', 'simple-contact') and grp in (0, 1) then case grp when 0
            then '11ad' else '11ak' end
          when p4 and drawn_kind = 'simple-contact' then '2ae'
          when p9 and drawn_tariff = 'C33' then 'A8a'
          when benign = ${benign('palliative')} and grp = 0 and u(idx, d, i, 'pall') < 0.12 then '11ad'
          when benign = ${benign('rural')} and grp = 0 and u(idx, d, i, 'rural') < 0.05 then '11ad'
          when s11 > 0 and drawn_tariff = '202b' and u(idx, d, i, 'long hour') < 0.3 * s11 then '203b'
          else drawn_tariff end as main
      from used),
    peopled as (
      select *, case
          when u(idx, d, i, 'far') < ${CALIBRATION.farPatients}
            then cast(floor((select max(lo + size) from pool) * u(idx, d, i, 'far who')) as bigint)
          when list_lo >= 0 and u(idx, d, i, 'own list') >= ${CALIBRATION.outsideList}
            then list_lo + cast(floor(list_size * pow(u(idx, d, i, 'who'), 1.4)) as bigint)
          when list_lo >= 0 then pool_lo + cast(floor(pool_size * u(idx, d, i, 'who')) as bigint)
          else pool_lo + (panel_lo - pool_lo + cast(floor(panel_size * pow(u(idx, d, i, 'who'), 1.4)) as bigint))
            % pool_size end as p0
      from chosen),
    alive as (
      select c.*, g.day as gone_day from peopled c left join gone g on g.p = c.p0
        where g.day is null or g.day > c.day or c.p8),
    n_gone as (select muni, count(*) as n from gone_nr where day < (select min(day) from sim_day) group by muni),
    wanted as (
      select c.*, case when c.p8 and k.n > 0 then
        c.muni * 100000000 + cast(floor(k.n * u(c.idx, c.d, c.i, 'gone who')) as bigint) end as gone_key
      from alive c left join n_gone k using (muni))
    select c.* exclude (gone_key), t.kind as main_kind, t.minutes as main_minutes, t.ore as main_ore,
      coalesce(g.p, c.p0) as p,
      case when c.extra and c.p1 then 1 when c.extra and c.p11 then 11 when c.stacked and c.main <> c.drawn_tariff
        then 5
           when c.p4 and c.main <> c.drawn_tariff then 4 when c.p9 and c.main <> c.drawn_tariff then 9 when c.p8 then 8
             else 0 end as planted
    from wanted c join tariff t on t.code = c.main left join gone_nr g on g.gone_key = c.gone_key
    -- month ${m}`;
}

/**
 * Creates add-on lines. Behaviours raise their probability; lines that would otherwise not be there are marked as
 * planted.
 */
export function addOnsSql(): string {
  const timeBase = `case when benign in (${benign('refugee')}, ${benign('palliative')}) then least(0.9, a.p * 2.2)
    when benign = ${benign('addiction')} and a.tariff = '615' then 0.35 else a.p end`;
  return `
    create or replace temp table sim_addon as
    with candidates as (
      select c.idx, c.d, c.i, c.main, c.main_kind, a.k, a.tariff, a.effect, a.minutes, a.per_rep, a.max_reps, a.ore,
        u(c.idx, c.d, c.i, 'add' || a.k) as ua,
        ${timeBase} as p_base, c.s2, c.s4, c.s7, c.s10, c.p4
      from sim_contact c join addon a using (grp)
      where c.main_kind <> 'simple-contact' and (c.main_kind <> 'e-consultation' or a.effect = 'time'
        or a.tariff in ('L1', '2dd')) and (a.effect <> 'time'
        or c.main_kind in ('consultation', 'e-consultation', 'visit'))),
    raised as (
      select *, case effect when 'time' then greatest(p_base, case when p4 then 0.8 else 0 end,
        least(0.97, p_base + 0.7 * s2)) when 'bundle' then least(0.95, p_base + 0.6 * s7)
        when 'surface' then least(0.97, p_base + 0.35 * s10) else p_base end as p_all from candidates),
    chosen as (select *, ua >= p_base as lifted from raised where ua < p_all),
    repeated as (
      select *, case when effect = 'time' and s2 > 0 and u(idx, d, i, 'reps' || k) < s2
        then 2 + cast(floor(u(idx, d, i, 'reps2' || k) * 3) as integer)
                     when effect = 'surface' then 1 + cast(floor(u(idx, d, i, 'surf' || k) * (2 + 3 * s10)) as integer)
                     when effect = 'time' and u(idx, d, i, 'reps3' || k) < 0.15 then 2 else 1 end as wanted from chosen)
    select idx, d, i, k, tariff, least(wanted, max_reps) as reps,
      minutes + per_rep * (least(wanted, max_reps) - 1) as minutes, ore * least(wanted, max_reps) as ore,
      case when lifted or least(wanted, max_reps) > 2 then case effect when 'time' then case when p4 then 4 else 2 end
        when 'bundle' then 7 when 'surface' then 10 else 0 end else 0 end as planted
    from repeated`;
}

/** Sets start minutes: one contact after the other, never faster than the claimed time, except for planted contacts. */
export function startsSql(config: SimulationConfig, m: number): string {
  const price = priceOf(monthAt(config, m));
  return `
    create or replace temp table sim_bill as
    with added as (select idx, d, i, sum(minutes) as minutes, sum(ore) as ore from sim_addon group by 1, 2, 3),
    slots as (
      select c.*, c.main_minutes + coalesce(a.minutes, 0) as claimed, c.main_ore + coalesce(a.ore, 0) as ore_base,
        (c.main_minutes + coalesce(a.minutes, 0)) * (1.06 + 0.45 * u(c.idx, c.d, c.i, 'slot'))
          * case when c.p1 then 0.32 when c.p11 then 0.5 when c.planted = 9 then 0.25 when c.planted = 5 then 0.2
              when c.s10 > 0 and c.main = '501' then 1 - 0.6 * c.s10 else 1 end as slot
      from sim_contact c left join added a using (idx, d, i)),
    placed as (
      select *, shift_from + coalesce(sum(cast(ceil(slot) as bigint))
        over (partition by idx, d, performer_no order by i rows between unbounded preceding and 1 preceding), 0)
        as minute
      from slots),
    fitting as (select * from placed where minute
      + claimed <= least(1439, case when p1 or p11 then 1400 else shift_until end)),
    habits as (
      select *, case
          when main_kind = 'simple-contact' and batch then shift_until - 10
          when main_kind = 'simple-contact' and main in ('1bd', '1bk')
            and u(idx, d, i, 'parallel') < ${CALIBRATION.parallelContacts} then greatest(shift_from, minute - 8)
          else minute end as start_minute,
        case when sub_day and not p6 then hpr + 3 else hpr + performer_no end as performer
      from fitting)
    select idx, d, day, i, cast(0 as integer) as copy, p, main, main_kind, cast(start_minute as integer) as minute,
      claimed, performer, grp, muni, rule_rate, lag_days, slow, severity, ${m} as m,
      cast(round(ore_base * ${price.toFixed(6)} / 100) * 100 as bigint) as ore, planted from habits
    union all
    -- A6: the substitute bills at the minute the holder does
    select idx, d, day, i, 1, pool_lo + cast(floor(pool_size * u(idx, d, i, 'A6 who')) as bigint), main, main_kind,
      cast(start_minute as integer), main_minutes, hpr + 3, grp, muni, rule_rate, lag_days, slow, severity, ${m},
      cast(round(main_ore * ${price.toFixed(6)} / 100) * 100 as bigint), 6
    from habits where p6 and u(idx, d, i, 'A6 copy') < 0.3 or (p6 and i = 1)
    union all
    -- A3: a simple contact with the same patient, soon after or at 23:59
    select idx, d, day, i, 2, p, '1bd', 'simple-contact',
      case when u(idx, d, i, 'A3 late') < 0.5 then 1439
      else least(1439, cast(start_minute as integer) + 10 + cast(floor(40 * u(idx, d, i, 'A3 min')) as integer)) end,
      4, hpr, grp, muni, rule_rate, lag_days, slow, severity, ${m},
      cast(round(7200 * ${price.toFixed(6)} / 100) * 100 as bigint), 3
    from habits where s3 > 0 and main_kind = 'consultation' and u(idx, d, i, 'A3') < 0.35 * s3`;
}

/** Sets instants of receipt and rule outcomes; the guid of a bill is a hash of its key. */
export function receivedSql(config: SimulationConfig): string {
  const { lateShare, lateDays } = CALIBRATION.lag;
  return `
    create or replace temp table sim_received as
    with sent as (
      select *, datediff('day', date '1970-01-01', day) as dd,
        case when u(idx, d, i, 'late') < ${lateShare}
          then cast(ceil(20 + ${lateDays} * u(idx, d, i, 'late days')) as integer)
          else cast(ceil(lag_days * (0.5 + u(idx, d, 0, 'lag'))) as integer) end as lag
      from sim_bill),
    dated as (
      select *, case when slow then last_day(cast(day + lag as date)) + 1
        else day + cast(lag + (6 - (dd + lag + idx) % 7) as integer) end as sent_day from sent)
    select *, cast(sent_day as timestamp) + to_seconds(cast(6
      * 3600 + floor(u(idx, datediff('day', date '1970-01-01', sent_day), 0, 'sent at') * 50000) as bigint))
      as received_at,
      hash(hash(${config.seed}::bigint, idx, d, i, copy, 'guid a')) as ga,
        hash(hash(${config.seed}::bigint, 'guid b', idx, d * 1000 + i, copy)) as gb,
      case when u(idx, d, i, 'rule' || copy) < rule_rate
        then cast(floor(u(idx, d, i, 'effect' || copy) * 3) as integer) end as hit,
      u(idx, d, i, 'credit' || copy) < ${CALIBRATION.creditedShare} as credited
    from dated`;
}
