import { Button, Textfield } from '@digdir/designsystemet-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../../api/client';
import { useMessages } from '../../i18n';
import { MESSAGES } from '../../messages/provider';
import { Section } from '../page';
import { QueryBoundary } from '../query-boundary';
import { DayTimeline } from './day-timeline';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The contacts of a day that one chooses; at first the day of a sampled bill. */
export function OneDay({
  provider,
  opening,
  firstDay,
}: {
  provider: string;
  opening: string;
  firstDay: string | undefined;
}) {
  const t = useMessages(MESSAGES);
  const [entered, setEntered] = useState(firstDay ?? '');
  const [day, setDay] = useState(firstDay);
  const query = useQuery({
    queryKey: ['day', provider, day, opening],
    queryFn: () =>
      answer(
        api.GET('/v1/providers/{provider}/days/{day}', {
          params: { path: { provider, day: day! }, query: { opening } },
        }),
      ),
    enabled: day !== undefined,
  });
  return (
    <Section title={t.dayTitle} lead={t.dayLead}>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          setDay(entered);
        }}
      >
        <Textfield label={t.day} type="date" value={entered} onChange={(event) => setEntered(event.target.value)} />
        <Button type="submit" variant="secondary" disabled={!DAY.test(entered)}>
          {t.show}
        </Button>
      </form>
      {day === undefined ? null : <QueryBoundary query={query}>{(data) => <DayTimeline day={data} />}</QueryBoundary>}
    </Section>
  );
}
