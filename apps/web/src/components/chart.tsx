import { Details } from '@digdir/designsystemet-react';
import type { EChartsOption } from 'echarts';
import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { useMessages } from '../i18n';
import { MESSAGES } from '../messages/chart';

interface Colours {
  readonly text: string;
  readonly line: string;
  readonly subtle: string;
  readonly series: string[];
}

/** Colours of the page, so that a chart is legible in the light and in the dark theme. */
function pageColours(): Colours {
  const style = getComputedStyle(document.body);
  const read = (name: string, fallback: string) => style.getPropertyValue(name).trim() || fallback;
  return {
    text: read('--ds-color-neutral-text-default', '#1e2b3c'),
    line: read('--ds-color-neutral-border-subtle', '#c9cfd6'),
    subtle: read('--ds-color-neutral-text-subtle', '#5b6673'),
    // Distinguishable without colour vision (Okabe and Ito's palette); series differ in symbol as well.
    series: ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#999999', '#117733'],
  };
}

/** The option with the page's colours and the layout that all charts share. */
function themed(option: EChartsOption, colours: Colours): EChartsOption {
  const axis = {
    axisLine: { lineStyle: { color: colours.line } },
    axisLabel: { color: colours.subtle },
    splitLine: { lineStyle: { color: colours.line } },
    nameTextStyle: { color: colours.subtle },
  };
  const withColours = (given: unknown) =>
    Array.isArray(given) ? given.map((a: object) => ({ ...axis, ...a })) : given ? { ...axis, ...given } : given;
  return {
    animation: false,
    color: colours.series,
    backgroundColor: 'transparent',
    textStyle: { color: colours.text },
    grid: { left: 8, right: 16, top: 48, bottom: 24, containLabel: true },
    legend: { textStyle: { color: colours.text }, type: 'scroll', top: 0 },
    tooltip: { trigger: 'axis', renderMode: 'richText', confine: true },
    ...option,
    xAxis: withColours(option.xAxis),
    yAxis: withColours(option.yAxis),
  } as EChartsOption;
}

const useDarkTheme = (): boolean => {
  const [dark, setDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const update = () => setDark(query.matches);
    query.addEventListener('change', update);
    return () => query.removeEventListener('change', update);
  }, []);
  return dark;
};

/** Draws the chart into the element and keeps it in its size; the library is loaded when it is first needed. */
function useChart(element: RefObject<HTMLDivElement | null>, option: EChartsOption): void {
  const dark = useDarkTheme();
  useEffect(() => {
    let unmounted = false;
    let dispose = () => undefined as void;
    void import('./echarts').then(({ echarts }) => {
      if (unmounted || !element.current) return;
      const chart = echarts.init(element.current, undefined, { renderer: 'svg' });
      chart.setOption(themed(option, pageColours()));
      const observer = new ResizeObserver(() => chart.resize());
      observer.observe(element.current);
      dispose = () => {
        observer.disconnect();
        chart.dispose();
      };
    });
    return () => {
      unmounted = true;
      dispose();
    };
  }, [element, option, dark]);
}

/** A chart with an accessible name, and its figures as a table for whoever prefers or needs one. */
export function Chart({
  name,
  option,
  low,
  table,
}: {
  name: string;
  option: EChartsOption;
  low?: boolean;
  table: ReactNode;
}) {
  const t = useMessages(MESSAGES);
  const element = useRef<HTMLDivElement>(null);
  useChart(element, option);
  return (
    <figure className="stack" style={{ margin: 0 }}>
      <div ref={element} className={low ? 'chart low' : 'chart'} role="img" aria-label={name} />
      <Details data-size="sm">
        <Details.Summary>{t.table}</Details.Summary>
        <Details.Content>{table}</Details.Content>
      </Details>
    </figure>
  );
}
