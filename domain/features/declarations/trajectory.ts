import { shape, trend } from '../declare';

/** How monthly figures develop over the last year. */
export const TRAJECTORY = [
  trend('amount_trend', 'amount_ore'),
  trend('bills_trend', 'bills'),
  trend('minutes_trend', 'minutes'),
  trend('rule_hits_trend', 'rule_hits'),
  trend('add_on_trend', 'time_add_on_lines'),
  shape('amount_slope', 'amount_ore', 'slope'),
  shape('bills_slope', 'bills', 'slope'),
  shape('add_on_slope', 'time_add_on_lines', 'slope'),
  shape('amount_volatility', 'amount_ore', 'volatility'),
  shape('bills_volatility', 'bills', 'volatility'),
  shape('add_on_volatility', 'time_add_on_lines', 'volatility'),
  shape('amount_jump', 'amount_ore', 'jump'),
  shape('bills_jump', 'bills', 'jump'),
  shape('add_on_jump', 'time_add_on_lines', 'jump'),
];
