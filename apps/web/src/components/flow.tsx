import '@xyflow/react/dist/base.css';
import { graphlib, layout } from '@dagrejs/dagre';
import { Background, Controls, type Edge, type Node, Position, ReactFlow } from '@xyflow/react';
import { useMemo } from 'react';
import type { Graph } from '../api/client';
import { KINDS } from '../messages/kinds';
import { useFormats, useWords } from '../i18n';

const WIDTH = 160;
const HEIGHT = 66;
const LABEL = {
  nb: { graph: 'Avstamming som graf; listen under har det samme' },
  en: { graph: 'Lineage as a graph; the list below has the same' },
};

/** The graph from left to right, what came first first. Nodes can be reached and chosen by keyboard. */
export function Flow({ graph, picked, pick }: { graph: Graph; picked: string; pick: (name: string) => void }) {
  const kinds = useWords(KINDS);
  const w = useWords(LABEL);
  const f = useFormats();
  const placed = useMemo(() => {
    const g = new graphlib.Graph({ multigraph: false });
    g.setGraph({ rankdir: 'LR', nodesep: 20, ranksep: 34 });
    g.setDefaultEdgeLabel(() => ({}));
    for (const { kind, id } of graph.nodes) g.setNode(`${kind}/${id}`, { width: WIDTH, height: HEIGHT });
    for (const { from, to } of graph.edges) g.setEdge(from, to);
    layout(g);
    return g;
  }, [graph]);
  const nodes: Node[] = graph.nodes.map((n) => {
    const name = `${n.kind}/${n.id}`;
    const { x, y } = placed.node(name) as { x: number; y: number };
    return {
      id: name,
      position: { x: x - WIDTH / 2, y: y - HEIGHT / 2 },
      sourcePosition: Position.Right,
      targetPosition: Position.Left,
      selected: name === picked,
      ariaLabel: `${kinds[n.kind]} ${n.id.slice(0, 12)}`,
      data: {
        label: (
          <>
            <strong>{kinds[n.kind]}</strong>
            <br />
            <code>{n.id.slice(0, 12)}</code>
            <br />
            <small>
              {n.at ? f.date(n.at) : ''} {n.by ?? ''}
            </small>
          </>
        ),
      },
      style: {
        width: WIDTH,
        height: HEIGHT,
        padding: 6,
        borderRadius: 8,
        fontSize: 12,
        lineHeight: 1.3,
        border:
          name === picked
            ? '3px solid var(--ds-color-accent-border-strong)'
            : '1px solid var(--ds-color-neutral-border-default)',
        background: 'var(--ds-color-neutral-surface-default)',
        color: 'var(--ds-color-neutral-text-default)',
      },
    };
  });
  const edges: Edge[] = graph.edges.map(({ from, to }) => ({ id: `${from} ${to}`, source: from, target: to }));
  return (
    <div className="flow" role="group" aria-label={w.graph}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        fitView
        minZoom={0.05}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        onNodeClick={(_, node) => pick(node.id)}
        onSelectionChange={({ nodes: [node] }) => node && pick(node.id)}
        proOptions={{ hideAttribution: false }}
      >
        <Background />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}
