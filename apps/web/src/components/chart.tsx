import { Details } from '@digdir/designsystemet-react';
import type { EChartsOption } from 'echarts';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useWords } from '../i18n';

const WORDS = { nb: { table: 'Tallene som tabell' }, en: { table: 'The figures as a table' } };

/** Colours of the page, so that a chart is legible in light and in dark. */
function colours(): { text: string; line: string; subtle: string; series: string[] } {
  const style = getComputedStyle(document.body);
  const read = (name: string, otherwise: string) => style.getPropertyValue(name).trim() || otherwise;
  return {
    text: read('--ds-color-neutral-text-default', '#1e2b3c'),
    line: read('--ds-color-neutral-border-subtle', '#c9cfd6'),
    subtle: read('--ds-color-neutral-text-subtle', '#5b6673'),
    // Told apart without colour vision too (Okabe and Ito's palette); series differ in symbol as well.
    series: ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#999999', '#117733'],
  };
}

const useDark = (): boolean => {
  const [dark, setDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const look = () => setDark(query.matches);
    query.addEventListener('change', look);
    return () => query.removeEventListener('change', look);
  }, []);
  return dark;
};

/** A chart with its name, and its figures as a table for whoever prefers or needs one. Loaded when it is first shown. */
export function Chart({
  name,
  option,
  low,
  table,
  onPick,
}: {
  name: string;
  option: EChartsOption;
  low?: boolean;
  table: ReactNode;
  onPick?: (x: unknown) => void;
}) {
  const w = useWords(WORDS);
  const element = useRef<HTMLDivElement>(null);
  const dark = useDark();
  useEffect(() => {
    let gone = false;
    let dispose = () => undefined as void;
    void import('./echarts').then(({ echarts }) => {
      if (gone || !element.current) return;
      const c = colours();
      const chart = echarts.init(element.current, undefined, { renderer: 'svg' });
      const axis = {
        axisLine: { lineStyle: { color: c.line } },
        axisLabel: { color: c.subtle },
        splitLine: { lineStyle: { color: c.line } },
        nameTextStyle: { color: c.subtle },
      };
      const style = (given: unknown) =>
        Array.isArray(given) ? given.map((a: object) => ({ ...axis, ...a })) : given ? { ...axis, ...given } : given;
      chart.setOption({
        animation: false,
        color: c.series,
        backgroundColor: 'transparent',
        textStyle: { color: c.text },
        grid: { left: 8, right: 16, top: 48, bottom: 24, containLabel: true },
        legend: { textStyle: { color: c.text }, type: 'scroll', top: 0 },
        tooltip: { trigger: 'axis', renderMode: 'richText', confine: true },
        ...option,
        xAxis: style(option.xAxis),
        yAxis: style(option.yAxis),
      } as EChartsOption);
      if (onPick) chart.on('click', (event) => onPick(event.value));
      const size = new ResizeObserver(() => chart.resize());
      size.observe(element.current);
      dispose = () => {
        size.disconnect();
        chart.dispose();
      };
    });
    return () => {
      gone = true;
      dispose();
    };
  }, [option, dark, onPick]);
  return (
    <figure className="stack" style={{ margin: 0 }}>
      <div ref={element} className={low ? 'chart low' : 'chart'} role="img" aria-label={name} />
      <Details data-size="sm">
        <Details.Summary>{w.table}</Details.Summary>
        <Details.Content>{table}</Details.Content>
      </Details>
    </figure>
  );
}
