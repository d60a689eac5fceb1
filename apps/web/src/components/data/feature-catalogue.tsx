import { Search } from '@digdir/designsystemet-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { unitName } from '../../../../../domain/features/units';
import { answer, api, type CatalogueFeature } from '../../api/client';
import { useFormat, useLanguage, useMessages } from '../../i18n';
import { codeText } from '../../messages/code-texts';
import { FEATURE_SOURCES, MESSAGES } from '../../messages/data';
import { Empty, QueryBoundary } from '../query-boundary';
import { VirtualTable } from '../virtual-table';

/** Meaning, purpose, source and unit of every feature, with a search. */
export function FeatureCatalogue() {
  const t = useMessages(MESSAGES);
  const [text, setText] = useState('');
  const features = useQuery({
    queryKey: ['features'],
    queryFn: () => answer(api.GET('/v1/features')),
    staleTime: Infinity,
  });
  const rows = useMemo(
    () =>
      (features.data ?? []).filter((x) =>
        `${x.name} ${x.nb} ${x.en} ${x.purpose} ${x.source}`.toLowerCase().includes(text.toLowerCase()),
      ),
    [features.data, text],
  );
  return (
    <div className="stack">
      <Search>
        <Search.Input aria-label={t.find} value={text} onChange={(event) => setText(event.target.value)} />
        <Search.Clear onClick={() => setText('')} />
      </Search>
      <QueryBoundary query={features}>
        {() => (rows.length === 0 ? <Empty>{t.none}</Empty> : <FeatureTable rows={rows} />)}
      </QueryBoundary>
    </div>
  );
}

function FeatureTable({ rows }: { rows: readonly CatalogueFeature[] }) {
  const t = useMessages(MESSAGES);
  const sources = useMessages(FEATURE_SOURCES);
  const format = useFormat();
  const { language } = useLanguage();
  return (
    <>
      <span aria-live="polite">{t.count(format.number(rows.length))}</span>
      <VirtualTable
        name={t.features}
        rows={rows}
        keyOf={(x) => x.name}
        more={undefined}
        busy={false}
        widths="2fr 3fr 2fr 7rem 7rem"
        columns={[
          { head: t.name, cell: (x) => <code title={x.name}>{x.name}</code> },
          { head: t.meaning, cell: (x) => <span title={x[language]}>{x[language]}</span> },
          { head: t.purpose, cell: (x) => x.purpose },
          { head: t.source, cell: (x) => codeText(sources, x.source) },
          { head: t.unit, cell: (x) => unitName(x.unit, language) },
        ]}
      />
    </>
  );
}
