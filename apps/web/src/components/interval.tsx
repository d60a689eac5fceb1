import { useFormats } from '../i18n';

/** A figure with its interval, in numbers and drawn between two ends of a scale that the neighbours share; bounds have no `point`. */
export function Interval({
  of,
  from = 0,
  to = 1,
  digits = 3,
  mark,
  point = true,
}: {
  of: { value: number; lo: number; hi: number; n?: number };
  from?: number;
  to?: number;
  digits?: number;
  mark?: number;
  point?: boolean;
}) {
  const f = useFormats();
  const at = (value: number) => `${Math.max(0, Math.min(100, (100 * (value - from)) / (to - from || 1)))}%`;
  const ends = `${f.number(of.lo, digits)}, ${f.number(of.hi, digits)}]`;
  const text = point ? `${f.number(of.value, digits)} [${ends}` : `[${ends}`;
  return (
    <span className="interval">
      <span className="num">{text}</span>
      <svg aria-hidden="true" focusable="false">
        <line x1="0" x2="100%" y1="50%" y2="50%" stroke="currentColor" strokeOpacity="0.15" />
        {mark === undefined ? null : (
          <line
            x1={at(mark)}
            x2={at(mark)}
            y1="0"
            y2="100%"
            stroke="currentColor"
            strokeOpacity="0.4"
            strokeDasharray="2 2"
          />
        )}
        <line
          x1={at(of.lo)}
          x2={at(of.hi)}
          y1="50%"
          y2="50%"
          stroke="currentColor"
          strokeWidth="3"
          strokeOpacity="0.45"
        />
        {point ? <circle cx={at(of.value)} cy="50%" r="4" fill="currentColor" /> : null}
      </svg>
    </span>
  );
}
