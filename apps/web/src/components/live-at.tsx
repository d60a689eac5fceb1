import { Paragraph, Textfield } from '@digdir/designsystemet-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, type LiveRow } from '../api/client';
import { useFormat, useMessages } from '../i18n';
import { MESSAGES } from '../messages/lineage';
import { DescriptionList, Link, Section, ShortId } from './page';
import { QueryBoundary } from './query-boundary';

const DAY_MS = 86_400_000;
const SLIDER_DAYS = 730;
/** An instant as `datetime-local` fields write it, here in UTC. */
const toField = (date: Date) => date.toISOString().slice(0, 19);

/**
 * What was live at an instant, entered to the second or by a slider of days; until one is entered, what is live now by
 * the server's clock. Instants are in UTC here, as they are stored.
 */
export function LiveAt() {
  const t = useMessages(MESSAGES);
  const [now] = useState(() => new Date());
  const [entered, setEntered] = useState<string>();
  const field = entered ?? toField(now);
  const instant = new Date(`${field}Z`);
  const valid = !Number.isNaN(instant.getTime());
  const live = useQuery({
    queryKey: ['live', entered ?? 'now'],
    queryFn: () =>
      answer(
        api.GET('/v1/live-at/{instant}', {
          params: { path: { instant: entered === undefined ? 'now' : instant.toISOString() } },
        }),
      ),
    enabled: valid,
    placeholderData: (previous) => previous,
  });
  return (
    <Section title={t.live} lead={t.liveLead} id="live">
      <div className="row">
        <Textfield
          label={`${t.at} (UTC)`}
          type="datetime-local"
          step={1}
          value={field}
          onChange={(event) => setEntered(event.target.value)}
        />
        <DaysBack now={now} instant={valid ? instant : now} choose={(date) => setEntered(toField(date))} />
      </div>
      <QueryBoundary query={live} rows={3}>
        {(rows) => (
          <div aria-live="polite" className="stack">
            {rows.length === 0 ? <Paragraph>{t.nothing}</Paragraph> : null}
            {rows.map((row) => (
              <LiveVersion key={row.slot} row={row} />
            ))}
          </div>
        )}
      </QueryBoundary>
    </Section>
  );
}

function DaysBack({ now, instant, choose }: { now: Date; instant: Date; choose: (date: Date) => void }) {
  const t = useMessages(MESSAGES);
  const elapsed = Math.round((now.getTime() - instant.getTime()) / DAY_MS);
  const days = Math.max(0, Math.min(SLIDER_DAYS, elapsed));
  return (
    <label style={{ flex: 1, minWidth: '14rem' }}>
      {t.daysBack}: {days}
      <br />
      <input
        type="range"
        style={{ width: '100%' }}
        min={0}
        max={SLIDER_DAYS}
        value={SLIDER_DAYS - days}
        onChange={(event) => choose(new Date(now.getTime() - (SLIDER_DAYS - Number(event.target.value)) * DAY_MS))}
      />
    </label>
  );
}

function LiveVersion({ row }: { row: LiveRow }) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  const source = row.snapshotId ?? row.matrixId;
  const lists = row.lists.map((list) => <ShortId key={list} id={list} to={`/lists/${list}`} />);
  return (
    <div className="card">
      <DescriptionList
        items={[
          [t.slot, row.slot],
          [t.version, <ShortId key="v" id={row.versionId} to={`/versions/${row.versionId}`} />],
          [t.from, format.instant(row.liveFrom)],
          [t.until, format.instant(row.liveUntil)],
          [t.trained, row.trainedBy ?? '–'],
          [t.requested, `${row.requestedBy ?? '–'}, ${format.instant(row.requestedAt)}`],
          [
            t.approved,
            <Link key="a" to={`/requests/${row.requestId}`}>
              {`${row.decidedBy ?? '–'}, ${format.instant(row.decidedAt)}`}
            </Link>,
          ],
          [t.data, <ShortId key="d" id={source} to={`/lineage/${source}`} />],
          [t.code, row.code ? <ShortId key="c" id={row.code} /> : '–'],
          [
            t.lists,
            lists.length === 0 ? (
              '–'
            ) : (
              <span key="l" className="actions">
                {lists}
              </span>
            ),
          ],
          [t.ledger, row.ledger.map(({ seq, event }) => `${seq} (${event})`).join(', ')],
        ]}
      />
    </div>
  );
}
