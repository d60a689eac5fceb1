import { rankingName } from '../../../../../domain/families/names';
import type { Run } from '../../api/client';
import { useFormat, useLanguage, useMessages } from '../../i18n';
import { MESSAGES } from '../../messages/run';
import { type Column, DataTable } from '../data-table';
import { Section } from '../page';

type Trial = Run['trials'][number];
type Fold = Run['folds'][number];
const MOST_TRIALS = 30;

const settingsText = ({ settings }: Trial) =>
  Object.entries(settings)
    .filter(([name]) => name !== 'family')
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(', ');

/** Hyperparameter trials of a run, in the order of the API: best first. */
export function Trials({ trials }: { trials: readonly Trial[] }) {
  const t = useMessages(MESSAGES);
  const { language } = useLanguage();
  const format = useFormat();
  if (trials.length === 0) return null;
  return (
    <Section title={t.trials} lead={t.trialsLead}>
      <DataTable
        name={t.trials}
        rows={trials.slice(0, MOST_TRIALS)}
        keyOf={(r) => `${r.family} ${r.trial}`}
        columns={[
          { head: t.family, cell: (r) => rankingName(r.family, language) },
          { head: t.trial, numeric: true, cell: (r) => r.trial },
          { head: t.loss, numeric: true, cell: (r) => format.number(r.validationLoss, 4) },
          { head: t.averagePrecision, numeric: true, cell: (r) => format.number(r.averagePrecision, 3) },
          { head: t.settings, cell: (r) => <code>{settingsText(r)}</code> },
        ]}
      />
    </Section>
  );
}

/** The fits of a run: one for each fold and family. */
export function Folds({ folds }: { folds: readonly Fold[] }) {
  const t = useMessages(MESSAGES);
  const { language } = useLanguage();
  const format = useFormat();
  if (folds.length === 0) return null;
  const unlabeled: Column<Fold> = {
    head: t.unlabeled,
    numeric: true,
    cell: (r) => format.number(r.unlabeledRows ?? 0),
  };
  return (
    <Section title={t.folds}>
      <DataTable
        name={t.folds}
        rows={folds}
        keyOf={(r) => `${r.fold} ${r.family}`}
        columns={[
          { head: t.fold, cell: (r) => r.fold },
          { head: t.family, cell: (r) => rankingName(r.family, language) },
          { head: t.train, numeric: true, cell: (r) => format.number(r.trainRows) },
          ...(folds.some((r) => r.unlabeledRows !== null) ? [unlabeled] : []),
          { head: t.test, numeric: true, cell: (r) => format.number(r.testRows) },
          { head: t.positives, numeric: true, cell: (r) => format.number(r.testPositives) },
        ]}
      />
    </Section>
  );
}
