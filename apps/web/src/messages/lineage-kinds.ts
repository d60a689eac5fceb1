import type { Graph } from '../api/client';
import type { CodeTexts } from './code-texts';

type LineageKind = Graph['nodes'][number]['kind'];

/** Kinds of nodes of the lineage graph. */
export const LINEAGE_KINDS: CodeTexts<LineageKind> = {
  nb: {
    snapshot: 'uttrekk',
    table: 'tabell',
    'label-set': 'utfallssett',
    matrix: 'variabelmatrise',
    'training-run': 'trening',
    'model-version': 'modellversjon',
    decision: 'beslutning',
    'scoring-run': 'skåring',
    list: 'utvalgsliste',
    'post-deployment-evaluation': 'evaluering etter ibruktaking',
    case: 'kontrollsak',
    outcome: 'vedtak',
  },
  en: {
    snapshot: 'snapshot',
    table: 'table',
    'label-set': 'label set',
    matrix: 'feature matrix',
    'training-run': 'training run',
    'model-version': 'model version',
    decision: 'decision',
    'scoring-run': 'scoring run',
    list: 'selection list',
    'post-deployment-evaluation': 'post-deployment evaluation',
    case: 'control case',
    outcome: 'outcome',
  },
};

/** The page of a node, for kinds that have one. */
export const pageOfKind = (kind: LineageKind, id: string): string | undefined => {
  const folder = FOLDERS[kind];
  return folder === undefined ? undefined : `/${folder}/${id}`;
};
const FOLDERS: Partial<Record<LineageKind, string>> = {
  'training-run': 'runs',
  'model-version': 'versions',
  list: 'lists',
};
