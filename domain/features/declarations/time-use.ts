import { BOTH, LONG, MIX, ratio, RECORDING, TIME, total, YEARS } from '../declare';

/** Time claimed: long days, overlaps, stamps, who did the work. */
export const TIME_USE = [
  ratio('minutes_per_day', 'days', 'minutes', 'days', 'minutes', TIME, YEARS),
  total('max_day_minutes', 'days', 'max_day_minutes', 'minutes', TIME, LONG, BOTH),
  total('max_day_bills', 'days', 'max_day_bills', 'bills', TIME, LONG, BOTH),
  ratio('long_day_share', 'days', 'long_days', 'days', 'share', TIME, YEARS),
  ratio('overlap_share', 'days', 'overlapping_bills', 'bills', 'share', TIME, YEARS),
  ratio('overlap_minutes_per_day', 'days', 'overlap_minutes', 'days', 'minutes', TIME),
  ratio('overlap_day_share', 'days', 'overlap_days', 'days', 'share', TIME),
  ratio('same_minute_day_share', 'days', 'same_minute_days', 'days', 'share', TIME),
  ratio('same_minute_share', 'days', 'same_minute_bills', 'bills', 'share', TIME, [12]),
  ratio('visit_stack_day_share', 'days', 'visit_stack_days', 'days', 'share', TIME, [12]),
  ratio('stamp_2359_share', 'bills', 'stamps_2359', 'bills', 'share', RECORDING),
  ratio('on_the_hour_share', 'bills', 'stamps_on_the_hour', 'bills', 'share', RECORDING, [12]),
  ratio('weekend_share', 'bills', 'weekend_bills', 'bills', 'share', RECORDING, [12]),
  ratio('evening_share', 'bills', 'evening_bills', 'bills', 'share', RECORDING, [12]),
  ratio('substitute_share', 'bills', 'substitute_bills', 'bills', 'share', RECORDING, [12]),
  ratio('simple_after_consultation_share', 'bills', 'simple_after_consultation', 'bills', 'share', MIX),
  ratio('same_day_share', 'bills', 'same_day_contacts', 'bills', 'share', MIX, [12]),
];
