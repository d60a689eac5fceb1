import { hasValue, noValueText } from '../../../../../domain/schemas/evaluation';
import type { EvaluationRow } from '../../api/client';
import { useLanguage } from '../../i18n';
import { Interval } from '../interval';

/** A metric with its interval, or why it has no value. */
export function RowFigure({ row, to = 1 }: { row: EvaluationRow; to?: number }) {
  const { language } = useLanguage();
  return hasValue(row) ? <Interval estimate={row} to={to} /> : <>{noValueText(row, language)}</>;
}
