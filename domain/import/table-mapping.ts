import { z } from 'zod';
import { forbiddenFeature } from '../rules/forbidden-features';
import { isReservedColumn } from '../rules/reserved-columns';
import { formatBlock, undecidedBlock } from './table-format';

const column = z.string().min(1);
const outcomeValues = z.array(z.union([z.string(), z.number()]));
const plainKind = z.enum(['numeric', 'categorical']);
const featureKind = z.union([
  z.enum(['numeric', 'categorical', 'date']),
  z.strictObject({ kind: z.literal('ordinal'), order: z.array(z.string().min(1)).min(2) }),
]);

function refuseReserved(columns: Record<string, unknown>, context: z.RefinementCtx): void {
  for (const name of Object.keys(columns))
    if (isReservedColumn(name))
      context.addIssue({
        code: 'custom',
        path: [name],
        message: `${name} is a reserved name (of the columns that every matrix has); rename the column in the file`,
      });
}

/** Mapping of the columns of a prepared feature table. Columns that it does not name are refused. */
export const tableMappingSchema = z.strictObject({
  version: z.literal(1),
  undecided: undecidedBlock,
  format: formatBlock,
  entity: z.string().describe('column with the entity, such as the provider'),
  asOf: z.string().describe('column with the day as of which the features are known'),
  rowId: z.string().optional().describe('column with a unique row id; needed if an entity has several rows on one day'),
  outcome: z
    .strictObject({
      column,
      positive: outcomeValues.min(1).describe('values that count as a finding; a number is found in any spelling'),
      negative: outcomeValues.min(1).describe('values that count as a control without finding'),
      missing: outcomeValues
        .default([])
        .describe('values of rows without an outcome, besides empty ones; any other value refuses its row'),
      knownOn: z
        .string()
        .optional()
        .describe('column with the day the outcome became known; the as-of day when left out'),
      amount: z.string().optional().describe('column with the amount found, in kroner with at most two decimals'),
    })
    .superRefine(({ positive, negative, missing }, context) => {
      const all = [...positive, ...negative, ...missing].map(String);
      const twice = all.filter((value, i) => all.indexOf(value) !== i);
      if (twice.length > 0)
        context.addIssue({
          code: 'custom',
          message: `${twice.join(', ')} stands in two of positive, negative, missing`,
        });
    }),
  features: z
    .record(z.string(), featureKind)
    .describe(
      'columns of the model: `numeric`, `categorical`, `date` (becomes days before the as-of day), or ' +
        '`{ kind: ordinal, order: [low, …, high] }` (becomes the place in the order)',
    )
    .refine((f) => Object.keys(f).length > 0, 'expected at least one feature')
    .superRefine(refuseReserved)
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
    .record(z.string(), plainKind)
    .default({})
    .superRefine(refuseReserved)
    .describe('columns of the caseworker effect (caseworker, inspector): reported, never used for selection'),
  protected: z
    .record(z.string(), plainKind)
    .default({})
    .superRefine(refuseReserved)
    .describe('attributes such as age or sex that results are compared by; never features'),
  weight: column.optional().describe('column with how much a row counts, more than 0'),
  group: column.optional().describe('column with the group that a row belongs to, such as the practice type'),
  selection: z
    .strictObject({
      arm: column.optional().describe('column with how the row was chosen (random, by score, after a tip)'),
      probability: column.optional().describe('column with the chance, above 0 up to 1, with which it was drawn'),
    })
    .optional()
    .describe('how the rows of past controls were chosen; used in evaluation, never by a model'),
  rows: z
    .enum(['first', 'last', 'each'])
    .default('first')
    .describe('which of several rows of an entity counts when a population is scored'),
  maxRefused: z
    .number()
    .min(0)
    .max(1)
    .default(0.05)
    .describe('largest share of refused rows with which a model is trained'),
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
