import '@xyflow/react/dist/base.css';
import { graphlib, layout } from '@dagrejs/dagre';
import { Background, Controls, type Edge, type Node, Position, ReactFlow } from '@xyflow/react';
import { type CSSProperties, useMemo } from 'react';
import type { Graph } from '../api/client';
import { useFormat, useMessages } from '../i18n';
import { MESSAGES } from '../messages/lineage-graph';
import { LINEAGE_KINDS } from '../messages/lineage-kinds';
import { shortId } from './page';

const WIDTH = 160;
const HEIGHT = 66;
const NODE_STYLE: CSSProperties = {
  width: WIDTH,
  height: HEIGHT,
  padding: 6,
  borderRadius: 8,
  fontSize: 12,
  lineHeight: 1.3,
  background: 'var(--ds-color-neutral-surface-default)',
  color: 'var(--ds-color-neutral-text-default)',
};
const BORDER = '1px solid var(--ds-color-neutral-border-default)';
const SELECTED_BORDER = '3px solid var(--ds-color-accent-border-strong)';

/** The name of a node as the API's edges use it. */
const nodeName = ({ kind, id }: { kind: string; id: string }): string => `${kind}/${id}`;

/** Upper left corner of each node, in layers from origin (left) to use (right). */
function positionsOf(graph: Graph): (name: string) => { x: number; y: number } {
  const g = new graphlib.Graph({ multigraph: false });
  g.setGraph({ rankdir: 'LR', nodesep: 20, ranksep: 34 });
  g.setDefaultEdgeLabel(() => ({}));
  for (const node of graph.nodes) g.setNode(nodeName(node), { width: WIDTH, height: HEIGHT });
  for (const { from, to } of graph.edges) g.setEdge(from, to);
  layout(g);
  return (name) => {
    const { x, y } = g.node(name) as { x: number; y: number };
    return { x: x - WIDTH / 2, y: y - HEIGHT / 2 };
  };
}

/** Nodes of the drawing, each with kind, id, date and who made it. */
function useNodes(graph: Graph, selected: string): Node[] {
  const kinds = useMessages(LINEAGE_KINDS);
  const format = useFormat();
  const position = useMemo(() => positionsOf(graph), [graph]);
  return graph.nodes.map((node) => {
    const name = nodeName(node);
    const label = (
      <>
        <strong>{kinds[node.kind]}</strong>
        <br />
        <code>{shortId(node.id)}</code>
        <br />
        <small>
          {node.at ? format.date(node.at) : ''} {node.by ?? ''}
        </small>
      </>
    );
    return {
      id: name,
      position: position(name),
      sourcePosition: Position.Right,
      targetPosition: Position.Left,
      selected: name === selected,
      ariaLabel: `${kinds[node.kind]} ${shortId(node.id)}`,
      data: { label },
      style: { ...NODE_STYLE, border: name === selected ? SELECTED_BORDER : BORDER },
    };
  });
}

/** The lineage graph from origin to use. Nodes can be reached and selected by keyboard. */
export function LineageGraph({
  graph,
  selected,
  select,
}: {
  graph: Graph;
  selected: string;
  select: (name: string) => void;
}) {
  const t = useMessages(MESSAGES);
  const nodes = useNodes(graph, selected);
  const edges: Edge[] = graph.edges.map(({ from, to }) => ({ id: `${from} ${to}`, source: from, target: to }));
  return (
    <div className="flow" role="group" aria-label={t.graph}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        fitView
        minZoom={0.05}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        onNodeClick={(_, node) => select(node.id)}
        onSelectionChange={({ nodes: [node] }) => node && select(node.id)}
        proOptions={{ hideAttribution: false }}
      >
        <Background />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}
