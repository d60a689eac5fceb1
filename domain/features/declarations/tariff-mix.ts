import { entropy, MIX, ratio, TIME, total, YEARS } from '../declare';

/** What bills consist of: kinds of tariff, by number and by amount. */
export const TARIFF_MIX = [
  ratio('lines_per_bill', 'tariffs', 'lines', 'bills', 'lines', MIX, YEARS),
  ratio('add_ons_per_bill', 'tariffs', 'time_add_on_lines', 'bills', 'lines', TIME, YEARS),
  ratio('repetitions_per_add_on', 'tariffs', 'add_on_repetitions', 'time_add_on_lines', 'times', TIME, YEARS),
  ratio('excess_repetition_share', 'tariffs', 'excess_repetition_lines', 'lines', 'share', MIX),
  ratio('simple_contact_share', 'tariffs', 'simple_contact_lines', 'bills', 'share', MIX),
  ratio('e_consultation_share', 'tariffs', 'e_consultation_lines', 'bills', 'share', MIX),
  ratio('e_consultation_with_time_share', 'tariffs', 'e_consultations_with_time', 'bills', 'share', TIME),
  ratio('visit_share', 'tariffs', 'visit_lines', 'bills', 'share', MIX),
  ratio('procedures_per_bill', 'tariffs', 'procedure_lines', 'bills', 'lines', MIX),
  ratio('labs_per_bill', 'tariffs', 'lab_lines', 'bills', 'lines', MIX),
  ratio('group_share', 'tariffs', 'group_lines', 'bills', 'share', MIX),
  ratio('other_lines_per_bill', 'tariffs', 'other_lines', 'bills', 'lines', MIX),
  ratio('meeting_share', 'tariffs', 'meeting_lines', 'bills', 'share', MIX),
  ratio('many_line_share', 'tariffs', 'many_line_bills', 'bills', 'share', MIX),
  ratio('add_on_money_share', 'tariffs', 'time_add_on_ore', 'amount_ore', 'share', TIME),
  ratio('procedure_money_share', 'tariffs', 'procedure_ore', 'amount_ore', 'share', MIX),
  ratio('lab_money_share', 'tariffs', 'lab_ore', 'amount_ore', 'share', MIX),
  ratio('visit_money_share', 'tariffs', 'visit_ore', 'amount_ore', 'share', MIX),
  ratio('consultation_money_share', 'tariffs', 'consultation_ore', 'amount_ore', 'share', MIX),
  total('tariffs', 'tariffs', 'tariffs', 'tariffs', MIX, [12]),
  ratio('top_tariff_share', 'tariffs', 'top_tariff_lines', 'lines', 'share', MIX, [12]),
  entropy('tariff_entropy', 'tariffs', 'nats', MIX),
];
