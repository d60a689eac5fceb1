import { Button } from '@digdir/designsystemet-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { answer, api, type List } from '../api/client';
import { BlindAssessment } from '../components/list/blind-assessment';
import { Lines } from '../components/list/lines';
import { SignOff } from '../components/list/sign-off';
import { DescriptionList, Page, ShortId, shortId } from '../components/page';
import { QueryBoundary } from '../components/query-boundary';
import { StateTag } from '../components/state-tag';
import { useFormat, useMessages } from '../i18n';
import { MESSAGES } from '../messages/list';
import { LIST_STATES } from '../messages/states';

export function ListPage() {
  const { listId = '' } = useParams();
  const list = useQuery({
    queryKey: ['list', listId],
    queryFn: () => answer(api.GET('/v1/selection-lists/{listId}', { params: { path: { listId } } })),
  });
  return (
    <QueryBoundary query={list} rows={8}>
      {(data) => <ListDetails list={data} />}
    </QueryBoundary>
  );
}

function ListDetails({ list }: { list: List }) {
  const t = useMessages(MESSAGES);
  const states = useMessages(LIST_STATES);
  const format = useFormat();
  const { listId, state, versionId } = list;
  return (
    <Page
      title={`${t.title} ${shortId(listId)}`}
      lead={t.lead}
      actions={
        <Button asChild variant="secondary">
          <a href={`/v1/selection-lists/${listId}/lines.csv`} download>
            {t.csv}
          </a>
        </Button>
      }
    >
      <DescriptionList
        items={[
          [
            t.state,
            <StateTag key="s" state={state}>
              {states[state]}
            </StateTag>,
          ],
          [t.signOffs, `${list.signOffs} / 2`],
          [t.slot, list.slot],
          [t.asOf, format.instant(list.asOf)],
          [t.places, format.number(list.capacity)],
          [t.candidates, format.number(list.candidates)],
          [t.version, <ShortId key="v" id={versionId} to={`/versions/${versionId}`} />],
          [t.lineage, <ShortId key="l" id={listId} to={`/lineage/${listId}`} />],
        ]}
      />
      <BlindAssessment listId={listId} />
      <Lines listId={listId} />
      {state === 'draft' ? <SignOff listId={listId} /> : null}
    </Page>
  );
}
