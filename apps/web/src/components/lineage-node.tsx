import type { Graph } from '../api/client';
import { usePermission } from '../api/me';
import { useFormat, useMessages } from '../i18n';
import { LINEAGE_KINDS, pageOfKind } from '../messages/lineage-kinds';
import { MESSAGES } from '../messages/lineage-node';
import { DescriptionList, Link, Section, shortId } from './page';
import { EntryProof } from './entry-proof';
import { Reproduction } from './reproduction';

type Node = Graph['nodes'][number];
const REPRODUCIBLE: readonly Node['kind'][] = [
  'snapshot',
  'matrix',
  'training-run',
  'model-version',
  'scoring-run',
  'list',
];
const MOST_PROOFS = 3;

/** One node of the lineage graph: where it comes from, proofs of its audit log entries, and reproducing it. */
export function LineageNode({ node }: { node: Node }) {
  const t = useMessages(MESSAGES);
  const kinds = useMessages(LINEAGE_KINDS);
  const format = useFormat();
  const mayProve = usePermission('getEntryProof');
  const mayReproduce = usePermission('startReproduction');
  const page = pageOfKind(node.kind, node.id);
  const link = page ? (
    <Link key="p" to={page}>
      {kinds[node.kind]}
    </Link>
  ) : null;
  return (
    <Section title={`${kinds[node.kind]} ${shortId(node.id)}`}>
      <DescriptionList
        items={[
          [t.id, <code key="i">{node.id}</code>],
          [t.when, format.instant(node.at)],
          [t.by, node.by ?? '–'],
          ...(link ? [[t.page, link] as const] : []),
        ]}
      />
      {mayProve ? node.ledger.slice(0, MOST_PROOFS).map((seq) => <EntryProof key={seq} seq={seq} />) : null}
      {mayReproduce && REPRODUCIBLE.includes(node.kind) ? <Reproduction id={node.id} /> : null}
    </Section>
  );
}
