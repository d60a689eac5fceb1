import { z } from 'zod';
import { FEATURES } from '../../../domain/features/catalogue';
import { route } from '../http/route';

const feature = z.object({
  name: z.string(),
  unit: z.string(),
  nb: z.string(),
  en: z.string(),
  purpose: z.string(),
  source: z.string(),
  months: z.int().nullable().describe('length of the window before the as-of date'),
  peer: z.enum(['z', 'pct']).nullable().describe('compared with peers: robust z-score or percentile'),
});

const listFeatures = route(
  'listFeatures',
  {
    method: 'GET',
    url: '/v1/features',
    tag: 'Data',
    summary: 'Catalogue of features: meaning, unit, source, purpose',
    answer: z.array(feature),
  },
  () =>
    Promise.resolve(
      FEATURES.map(({ name, months, peer, declaration: { unit, nb, en, purpose, source } }) => ({
        name,
        unit,
        nb,
        en,
        purpose,
        source,
        months: months ?? null,
        peer: peer ?? null,
      })),
    ),
);

export const featureRoutes = [listFeatures];
