import { Paragraph } from '@digdir/designsystemet-react';
import { useMemo } from 'react';
import type { Day } from '../../api/client';
import { useFormat, useMessages } from '../../i18n';
import { MESSAGES } from '../../messages/provider-plots';
import { DataTable } from '../data-table';

type Contact = Day['contacts'][number];
const DAY_MINUTES = 1440;
const LANE_PX = 16;
const HOURS_PX = 20;

/** The contacts of a day on a timeline of 24 hours, and as a table. */
export function DayTimeline({ day: { contacts, minutes } }: { day: Day }) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  if (contacts.length === 0) return <Paragraph>{t.empty}</Paragraph>;
  const claimed = t.claimed(format.number(minutes));
  return (
    <>
      <Paragraph>
        <strong>{claimed}</strong>
      </Paragraph>
      <div className="scroll" tabIndex={0} role="region" aria-label={t.contacts}>
        <Timeline contacts={contacts} label={claimed} />
      </div>
      <DataTable
        name={t.contacts}
        rows={contacts}
        keyOf={(c) => `${c.billNo} ${c.minute}`}
        columns={[
          { head: t.time, cell: (c) => format.clock(c.minute) },
          { head: t.minutes, numeric: true, cell: (c) => `${c.minutes}${c.nonBlocking ? ` (${t.nonBlocking})` : ''}` },
          { head: t.performer, cell: (c) => (c.performer === 0 ? t.holder : c.performer) },
          { head: t.tariffs, cell: (c) => c.tariffs.join(', ') },
          { head: t.amount, numeric: true, cell: (c) => format.amount(c.amountOre) },
        ]}
      />
    </>
  );
}

/** The lane of each contact: the first whose last contact has ended, so that overlaps lie below each other. */
function lanesOf(contacts: readonly Contact[]): number[] {
  const ends: number[] = [];
  return contacts.map((c) => {
    const free = ends.findIndex((end) => end <= c.minute);
    const lane = free >= 0 ? free : ends.length;
    ends[lane] = c.minute + Math.max(1, c.minutes);
    return lane;
  });
}

function Timeline({ contacts, label }: { contacts: readonly Contact[]; label: string }) {
  const format = useFormat();
  const lanes = useMemo(() => lanesOf(contacts), [contacts]);
  const height = HOURS_PX + (Math.max(...lanes) + 1) * LANE_PX;
  const at = (minute: number) => `${(100 * minute) / DAY_MINUTES}%`;
  return (
    <svg role="img" aria-label={label} width="100%" height={height} style={{ minWidth: '44rem', display: 'block' }}>
      {[0, 3, 6, 9, 12, 15, 18, 21].map((hour) => (
        <g key={hour}>
          <line x1={at(60 * hour)} x2={at(60 * hour)} y1="0" y2="100%" stroke="currentColor" strokeOpacity="0.15" />
          <text x={at(60 * hour)} dx="3" y="12" fontSize="11" fill="currentColor">
            {String(hour).padStart(2, '0')}
          </text>
        </g>
      ))}
      {contacts.map((c, i) => (
        <rect
          key={`${c.billNo} ${i}`}
          className={c.nonBlocking ? 'bar against' : 'bar'}
          x={at(c.minute)}
          width={at(Math.max(1, c.minutes))}
          y={HOURS_PX - 2 + lanes[i]! * LANE_PX}
          height={LANE_PX - 4}
        >
          <title>{`${format.clock(c.minute)}, ${c.minutes} min: ${c.tariffs.join(', ')}`}</title>
        </rect>
      ))}
    </svg>
  );
}
