import { useFormat } from '../i18n';

interface Props {
  readonly estimate: { readonly value: number; readonly lo: number; readonly hi: number };
  /** Ends of the drawn scale; the rows of a table share them. */
  readonly from?: number;
  readonly to?: number;
  readonly digits?: number;
  /** A value marked across the scale, such as zero for differences. */
  readonly mark?: number;
  /** Whether there is a point estimate; bounds have none. */
  readonly point?: boolean;
}

/** An estimate with its interval, in numbers and drawn on a scale. */
export function Interval({ estimate, from = 0, to = 1, digits = 3, mark, point = true }: Props) {
  const { value, lo, hi } = estimate;
  const format = useFormat();
  const at = (x: number) => `${Math.max(0, Math.min(100, (100 * (x - from)) / (to - from || 1)))}%`;
  const interval = `[${format.number(lo, digits)}; ${format.number(hi, digits)}]`;
  const line = { y1: '50%', y2: '50%', stroke: 'currentColor' };
  return (
    <span className="interval">
      <span className="num">{point ? `${format.number(value, digits)} ${interval}` : interval}</span>
      <svg aria-hidden="true" focusable="false">
        <line x1="0" x2="100%" {...line} strokeOpacity="0.15" />
        {mark === undefined ? null : (
          <line {...line} x1={at(mark)} x2={at(mark)} y1="0" y2="100%" strokeOpacity="0.4" strokeDasharray="2 2" />
        )}
        <line x1={at(lo)} x2={at(hi)} {...line} strokeWidth="3" strokeOpacity="0.45" />
        {point ? <circle cx={at(value)} cy="50%" r="4" fill="currentColor" /> : null}
      </svg>
    </span>
  );
}
