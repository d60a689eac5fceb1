import { createHash } from 'node:crypto';
import { type LineageGraph, type LineageNode, nodeName } from './graph';

const NAMESPACE = 'utplukk';
const PRODUCER = 'urn:utplukk';

/** The step of the lifecycle that produces each kind of node. */
const STEP: Partial<Record<LineageNode['kind'], string>> = {
  snapshot: 'extraction',
  'label-set': 'labels',
  matrix: 'features',
  'training-run': 'training',
  'model-version': 'registration',
  decision: 'promotion',
  'scoring-run': 'scoring',
  list: 'selection',
  'post-deployment-evaluation': 'post-deployment-evaluation',
  outcome: 'control',
};

/** Run id of a node, derived from its name, so that repeated exports give the same id. */
function runIdOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const inputsOf = (graph: LineageGraph, name: string): string[] =>
  graph.edges.filter((edge) => edge.to === name).map((edge) => edge.from);

/**
 * OpenLineage 2-0-2 run events, one per node that a step produced, oldest first; models are data sets with a custom
 * facet.
 */
export function openLineage(graph: LineageGraph): object[] {
  const made = graph.nodes.filter((node) => STEP[node.kind] !== undefined);
  return [...made]
    .sort((a, b) => (a.at?.getTime() ?? 0) - (b.at?.getTime() ?? 0))
    .map((node) => {
      const name = nodeName(node.kind, node.id);
      return {
        eventType: 'COMPLETE',
        eventTime: (node.at ?? new Date(0)).toISOString(),
        producer: PRODUCER,
        schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent',
        run: { runId: runIdOf(name), facets: {} },
        job: { namespace: NAMESPACE, name: STEP[node.kind], facets: {} },
        inputs: inputsOf(graph, name).map((input) => ({ namespace: NAMESPACE, name: input })),
        outputs: [
          {
            namespace: NAMESPACE,
            name,
            facets: {
              utplukk_identity: {
                _producer: PRODUCER,
                _schemaURL: 'urn:utplukk:identity:v1',
                kind: node.kind,
                sha256: node.id,
                ledger: node.ledger,
              },
            },
          },
        ],
      };
    });
}

/** PROV-JSON (W3C member submission): nodes are entities, steps are activities, principals are agents without names. */
export function provJson(graph: LineageGraph): object {
  const id = (name: string) => `utplukk:${name}`;
  const entity: Record<string, object> = {};
  const activity: Record<string, object> = {};
  const agent: Record<string, object> = {};
  const relations: Record<
    'wasGeneratedBy' | 'used' | 'wasDerivedFrom' | 'wasAssociatedWith',
    Record<string, object>
  > = { wasGeneratedBy: {}, used: {}, wasDerivedFrom: {}, wasAssociatedWith: {} };
  let count = 0;
  const relate = (kind: keyof typeof relations, value: object) => (relations[kind][`_:r${++count}`] = value);
  for (const node of graph.nodes) {
    const name = nodeName(node.kind, node.id);
    const time = node.at?.toISOString();
    entity[id(name)] = { 'prov:type': `utplukk:${node.kind}`, 'utplukk:ledger': node.ledger.join(' ') };
    const step = STEP[node.kind];
    if (!step) continue;
    const run = id(`step/${name}`);
    activity[run] = { 'prov:type': `utplukk:${step}`, ...(time ? { 'prov:endTime': time } : {}) };
    relate('wasGeneratedBy', { 'prov:entity': id(name), 'prov:activity': run, ...(time ? { 'prov:time': time } : {}) });
    for (const input of inputsOf(graph, name)) {
      relate('used', { 'prov:activity': run, 'prov:entity': id(input) });
      relate('wasDerivedFrom', { 'prov:generatedEntity': id(name), 'prov:usedEntity': id(input) });
    }
    if (!node.by) continue;
    agent[id(`principal/${node.by}`)] = { 'prov:type': 'prov:Person' };
    relate('wasAssociatedWith', { 'prov:activity': run, 'prov:agent': id(`principal/${node.by}`) });
  }
  return {
    prefix: { utplukk: 'urn:utplukk:', prov: 'http://www.w3.org/ns/prov#' },
    entity,
    activity,
    agent,
    ...relations,
  };
}
