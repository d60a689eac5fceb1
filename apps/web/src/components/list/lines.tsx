import { Switch, Tag } from '@digdir/designsystemet-react';
import { useState } from 'react';
import { answer, api, type Line } from '../../api/client';
import { useMe } from '../../api/me';
import { useFormat, useMessages } from '../../i18n';
import { codeText } from '../../messages/code-texts';
import { ARMS, MESSAGES } from '../../messages/list';
import type { Column } from '../data-table';
import { Link, Section } from '../page';
import { PagedTable } from '../paged-table';
import { useInfinitePages } from '../use-infinite-pages';

/** The lines of a list: the selected providers, or every provider that was scored. */
export function Lines({ listId }: { listId: string }) {
  const t = useMessages(MESSAGES);
  const [all, setAll] = useState(false);
  const me = useMe().data;
  // Caseworkers see the provider groups of their team alone.
  const scoped = me?.roles.includes('caseworker') && !me.roles.includes('control-leader');
  const pages = useInfinitePages(['lines', listId, all], (cursor) =>
    answer(
      api.GET('/v1/selection-lists/{listId}/lines', {
        params: { path: { listId }, query: { cursor, selected: all ? 'false' : 'true', limit: 100 } },
      }),
    ),
  );
  return (
    <Section title={t.lines} lead={scoped ? t.scope((me?.providerGroups ?? []).join(', ')) : undefined}>
      <Switch label={t.all} checked={all} onChange={(event) => setAll(event.target.checked)} />
      <PagedTable
        pages={pages}
        empty={t.empty}
        name={t.lines}
        columns={useLineColumns()}
        keyOf={(l) => l.entity}
        widths="5rem 2fr 6rem 15rem 11rem 9rem 10rem 6rem"
      />
    </Section>
  );
}

function useLineColumns(): Column<Line>[] {
  const t = useMessages(MESSAGES);
  const arms = useMessages(ARMS);
  const format = useFormat();
  const amount = (ore: number | null) => (ore === null ? '–' : format.amount(ore));
  return [
    { head: t.rank, numeric: true, cell: (l) => l.rank },
    { head: t.provider, cell: (l) => <Link to={`/providers/${l.entity}`}>{l.practice ?? l.entity}</Link> },
    { head: t.group, cell: (l) => l.group },
    {
      head: t.probability,
      numeric: true,
      cell: (l) => (
        <>
          {l.outOfDistribution ? (
            <Tag data-color="warning" data-size="sm" title={t.outOfDistributionHelp}>
              {t.outOfDistribution}
            </Tag>
          ) : null}{' '}
          {format.share(l.probability)}
        </>
      ),
    },
    { head: t.expected, numeric: true, cell: (l) => amount(l.expectedOre) },
    { head: t.arm, cell: (l) => codeText(arms, l.arm) },
    { head: t.refunds, numeric: true, cell: (l) => amount(l.amountOre) },
    { head: t.selected, cell: (l) => (l.selected ? t.yes : '') },
  ];
}
