import { z } from 'zod';
import { forbiddenFeature } from '../rules/forbidden-features';

/** Mapping of the columns of a prepared feature table (CSV or Parquet). Columns that it does not name are refused. */
export const tableMappingSchema = z.strictObject({
  version: z.literal(1),
  entity: z.string().describe('column with the entity, such as the provider'),
  asOf: z.string().describe('column with the day as of which the features are known'),
  rowId: z.string().optional().describe('column with a unique row id; needed if an entity has several rows on one day'),
  outcome: z.strictObject({
    column: z.string(),
    positive: z
      .array(z.union([z.string(), z.number()]))
      .min(1)
      .describe('values that count as a finding'),
    knownOn: z
      .string()
      .optional()
      .describe('column with the day the outcome became known; the as-of day when left out'),
    amount: z.string().optional().describe('column with the amount found, in kroner'),
  }),
  features: z
    .record(z.string(), z.enum(['numeric', 'categorical']))
    .refine((f) => Object.keys(f).length > 0, 'expected at least one feature')
    .superRefine((features, context) => {
      for (const column of Object.keys(features)) {
        const kind = forbiddenFeature(column);
        if (kind)
          context.addIssue({
            code: 'custom',
            path: [column],
            message: `${column} looks like ${kind}, which may not be a feature; list it under ignore`,
          });
      }
    }),
  nuisance: z
    .record(z.string(), z.enum(['numeric', 'categorical']))
    .default({})
    .describe('columns of the caseworker effect (caseworker, inspector): reported, never used for selection'),
  ignore: z.array(z.string()).default([]).describe('columns that must not be used, such as outcomes'),
  baselines: z
    .strictObject({
      size: z.string().optional(),
      ruleHits: z.string().optional(),
      deviations: z.array(z.string()).optional().describe('columns with robust z-scores of a figure among peers'),
    })
    .default({}),
});
export type TableMapping = z.infer<typeof tableMappingSchema>;
