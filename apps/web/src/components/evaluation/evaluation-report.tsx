import { Details } from '@digdir/designsystemet-react';
import { type ReactNode, useMemo, useState } from 'react';
import type { Evaluation } from '../../api/client';
import { useMessages } from '../../i18n';
import { MESSAGES } from '../../messages/evaluation';
import { Section } from '../page';
import { Assumptions } from './assumptions';
import { Calibration } from './calibration';
import { CaseworkerEffect } from './caseworker-effect';
import { Fairness, PairwiseDifferences, Slices } from './comparisons';
import { ExpectedAmount } from './expected-amount';
import { MetricsTable } from './metrics-table';
import { PopulationEstimates } from './population-estimates';
import { PrecisionCurves } from './precision-curves';
import { useNames } from './use-names';

/** Baselines drawn next to the curve of a single family. */
const CURVE_BASELINES = ['random', 'peer-deviation', 'size'];

/** The evaluation of a run or of a version on later outcomes; only one family's part where it is given. */
export function EvaluationReport({ evaluation, family }: { evaluation: Evaluation; family?: string | undefined }) {
  const t = useMessages(MESSAGES);
  const { curves, paired, amounts, caseworkerEffects, population } = evaluation;
  const shownCurves = useMemo(() => {
    const isShown = (name: string) => family === undefined || name === family || CURVE_BASELINES.includes(name);
    return [{ label: '', curves: curves.filter((curve) => isShown(curve.family)) }];
  }, [curves, family]);
  const families = family === undefined ? [...new Set(paired.map((row) => row.family))] : [family];
  return (
    <div className="stack">
      <Assumptions estimand={evaluation.estimand} assumption={evaluation.assumption} />
      <Section title={t.overall}>
        <MetricsTable rows={evaluation.rows} />
      </Section>
      <PrecisionCurves evaluations={shownCurves} />
      {families.length <= 1 ? <FamilyReport evaluation={evaluation} family={family} /> : null}
      {amounts ? <ExpectedAmount amounts={amounts} rows={evaluation.rows} family={family} /> : null}
      {caseworkerEffects ? <CaseworkerEffect rows={caseworkerEffects} /> : null}
      {population ? <PopulationEstimates population={population} family={family} /> : null}
      {families.length > 1 ? <EachFamily evaluation={evaluation} families={families} /> : null}
    </div>
  );
}

/** The part of an evaluation about one family: against each baseline, by slice, calibration, fairness. */
function FamilyReport({ evaluation, family }: { evaluation: Evaluation; family: string | undefined }) {
  const { paired, rows, fairness, reliability } = evaluation;
  const own = family === undefined ? reliability[0] : reliability.find((r) => r.family === family);
  return (
    <>
      <PairwiseDifferences pairs={paired} family={family} />
      <Slices rows={rows} family={family} />
      {own ? <Calibration reliability={own} /> : null}
      <Fairness groups={fairness} family={family} />
    </>
  );
}

function EachFamily({ evaluation, families }: { evaluation: Evaluation; families: readonly string[] }) {
  const t = useMessages(MESSAGES);
  const names = useNames();
  return (
    <Section title={t.eachModel} lead={t.eachModelLead}>
      {families.map((family, i) => (
        <Collapsible key={family} title={names.ranking(family)} initiallyOpen={i === 0}>
          <FamilyReport evaluation={evaluation} family={family} />
        </Collapsible>
      ))}
    </Section>
  );
}

/** Content that is rendered only while it is open: tables and charts of all families at once make a slow page. */
function Collapsible({
  title,
  initiallyOpen,
  children,
}: {
  title: string;
  initiallyOpen: boolean;
  children: ReactNode;
}) {
  const [open, setOpen] = useState(initiallyOpen);
  return (
    <Details open={open} onToggle={() => setOpen(!open)}>
      <Details.Summary>{title}</Details.Summary>
      <Details.Content>{open ? <div className="stack">{children}</div> : null}</Details.Content>
    </Details>
  );
}
