import { Paragraph } from '@digdir/designsystemet-react';
import type { EChartsOption } from 'echarts';
import { useMemo } from 'react';
import type { Evaluation } from '../../api/client';
import { useFormat, useMessages } from '../../i18n';
import { codeText } from '../../messages/code-texts';
import { CASE_SOURCES } from '../../messages/control-cases';
import { MESSAGES } from '../../messages/evaluation';
import { Chart } from '../chart';
import { DataTable } from '../data-table';
import { Interval } from '../interval';
import { Section } from '../page';

type Reliability = Evaluation['reliability'][number];

/** Predicted probability against the share with a finding: in bins, and at the top of the list. */
export function Calibration({ reliability }: { reliability: Reliability }) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  const { selected, logLoss, predictedLogLoss, calibrationInput, top } = reliability;
  const method =
    predictedLogLoss === undefined
      ? `${t.calibrator} ${t.calibrators[selected]}.${calibrationInput ? ` ${t.rankNormalized}` : ''}`
      : t.predictedLoss(format.number(predictedLogLoss, 3), format.number(logLoss[selected], 3));
  return (
    <Section title={t.calibration} lead={`${t.calibrationLead} ${method}`}>
      <ReliabilityDiagram bins={reliability.bins} />
      <DataTable
        name={t.top}
        rows={top}
        keyOf={(row) => String(row.k)}
        columns={[
          { head: t.top, numeric: true, cell: (row) => row.k },
          { head: t.predicted, numeric: true, cell: (row) => format.share(row.meanProbability) },
          { head: t.found, cell: (row) => <Interval estimate={row.findingRate} digits={2} /> },
        ]}
      />
      <CaseSourceOffset reliability={reliability} />
    </Section>
  );
}

function ReliabilityDiagram({ bins }: { bins: Reliability['bins'] }) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  const option = useMemo<EChartsOption>(
    () => ({
      xAxis: { type: 'value', min: 0, max: 1, name: t.predicted, nameLocation: 'middle', nameGap: 28 },
      yAxis: { type: 'value', min: 0, max: 1, name: t.found },
      series: [
        {
          type: 'line',
          name: t.ideal,
          symbol: 'none',
          lineStyle: { type: 'dashed', opacity: 0.6 },
          data: [
            [0, 0],
            [1, 1],
          ],
        },
        { type: 'line', name: t.found, symbolSize: 8, data: bins.map((bin) => [bin.meanProbability, bin.findingRate]) },
      ],
    }),
    [bins, t],
  );
  const table = (
    <DataTable
      name={t.calibration}
      rows={bins}
      keyOf={(bin) => String(bin.meanProbability)}
      columns={[
        { head: t.predicted, numeric: true, cell: (bin) => format.share(bin.meanProbability) },
        { head: t.found, numeric: true, cell: (bin) => format.share(bin.findingRate) },
        { head: t.n, numeric: true, cell: (bin) => format.number(bin.rows) },
      ]}
    />
  );
  return <Chart name={t.calibration} option={option} table={table} />;
}

/** How much more often control cases of some sources had a finding than the score says. */
function CaseSourceOffset({ reliability: { caseSourceOffset, predictedLogLoss } }: { reliability: Reliability }) {
  const t = useMessages(MESSAGES);
  const sources = useMessages(CASE_SOURCES);
  const format = useFormat();
  if (!caseSourceOffset) return null;
  const { value, lo, hi, n } = caseSourceOffset.oddsRatio;
  // A frozen version on later outcomes leaves these cases out; the run that made it counts them in.
  const text = predictedLogLoss === undefined ? t.offset : t.offsetLeftOut;
  return (
    <Paragraph data-size="sm" className="lead">
      {text(
        caseSourceOffset.caseSources.map((name) => codeText(sources, name)).join(', '),
        format.number(n),
        `${format.number(value, 2)} [${format.number(lo, 2)}; ${format.number(hi, 2)}]`,
      )}
    </Paragraph>
  );
}
