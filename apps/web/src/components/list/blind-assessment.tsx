import { Button, Field, Label, Paragraph, Select, Textfield } from '@digdir/designsystemet-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, type BlindLine, type Verdict } from '../../api/client';
import { usePermission } from '../../api/me';
import { useMessages } from '../../i18n';
import { MESSAGES, VERDICTS } from '../../messages/list';
import { Link, Section } from '../page';
import { Problem } from '../query-boundary';

const MIN_WORDS_LENGTH = 3;
const VERDICT_CODES: readonly Verdict[] = ['control', 'no-control', 'unsure'];

/** Lines that the signed-in person is to assess before rank and reasons are shown. */
export function BlindAssessment({ listId }: { listId: string }) {
  const t = useMessages(MESSAGES);
  const mayAssess = usePermission('assessLine');
  const lines = useQuery({
    queryKey: ['blind', listId],
    queryFn: () => answer(api.GET('/v1/selection-lists/{listId}/blind-lines', { params: { path: { listId } } })),
    enabled: mayAssess,
  });
  if (!mayAssess || !lines.data || lines.data.length === 0) return null;
  return (
    <Section title={t.blind} lead={t.blindLead}>
      <ul className="plain">
        {lines.data.map((line) => (
          <BlindLineCard key={line.entity} listId={listId} line={line} />
        ))}
      </ul>
    </Section>
  );
}

interface Assessment {
  readonly verdict: Verdict;
  readonly words: string;
}

/** Stores an assessment; the line then shows in the list. */
function useSaveAssessment(listId: string, entity: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ verdict, words }: Assessment) =>
      answer(
        api.POST('/v1/selection-lists/{listId}/assessments', {
          params: { path: { listId } },
          body: { entity, verdict, ...(words.trim().length >= MIN_WORDS_LENGTH ? { comment: words } : {}) },
        }),
      ),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['blind', listId] });
      await queryClient.invalidateQueries({ queryKey: ['lines', listId] });
    },
  });
}

function BlindLineCard({ listId, line: { entity, practice, group } }: { listId: string; line: BlindLine }) {
  const t = useMessages(MESSAGES);
  const verdicts = useMessages(VERDICTS);
  const [verdict, setVerdict] = useState<Verdict | ''>('');
  const [words, setWords] = useState('');
  const save = useSaveAssessment(listId, entity);
  return (
    <li className="card">
      <Paragraph>
        <strong>{`${practice ?? entity} (${group})`}</strong> · <Link to={`/providers/${entity}`}>{t.open}</Link>
      </Paragraph>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          if (verdict) save.mutate({ verdict, words });
        }}
      >
        <Field>
          <Label>{t.verdict}</Label>
          <Select value={verdict} onChange={(event) => setVerdict(event.target.value as Verdict)}>
            <Select.Option value="" disabled>
              –
            </Select.Option>
            {VERDICT_CODES.map((code) => (
              <Select.Option key={code} value={code}>
                {verdicts[code]}
              </Select.Option>
            ))}
          </Select>
        </Field>
        <Textfield label={t.why} value={words} onChange={(event) => setWords(event.target.value)} />
        <Button type="submit" disabled={!verdict || save.isPending}>
          {t.save}
        </Button>
      </form>
      {save.isError ? <Problem error={save.error} /> : null}
    </li>
  );
}
