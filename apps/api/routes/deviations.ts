import { z } from 'zod';
import { listDeviations as listFound } from '../../../platform/mlflow/reconcile';
import { route } from '../http/route';
import { instant } from './schemas';

const deviation = z.object({
  kind: z.string(),
  subjectId: z.string(),
  what: z.string(),
  expected: z.string(),
  found: z.string(),
  foundAt: instant,
});

const listDeviations = route(
  'listDeviations',
  {
    method: 'GET',
    url: '/v1/deviations',
    tag: 'Data',
    summary: 'Changes that somebody made in MLflow by hand',
    answer: z.array(deviation),
  },
  async (_call, { db }) => listFound(db),
);

export const deviationRoutes = [listDeviations];
