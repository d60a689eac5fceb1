import { z } from 'zod';
import type { Rng } from '../rng';
import { additive } from './additive';
import { logistic } from './logistic';
import { mlp } from './mlp';
import { tabmMini } from './tabm-mini';

/**
 * The model families. Adding one is its file here and a line in this table: the compiler then asks for its names
 * (`names.ts`) and for its model (`models/families/index.ts`).
 */
const FAMILIES = { logistic, mlp, 'tabm-mini': tabmMini, additive };

const [firstSchema, ...otherSchemas] = Object.values(FAMILIES).map(({ schema }) => schema);
/** Settings of any family, told apart by `family`. `utplukk run start --schema` prints them. */
export const familySchema = z.discriminatedUnion('family', [firstSchema!, ...otherSchemas]);
export type FamilySpec = z.infer<typeof familySchema>;
export type FamilyName = FamilySpec['family'];
export type SpecOf<F extends FamilyName> = Extract<FamilySpec, { family: F }>;
/** Families that are trained by gradients. */
export type NetworkSpec = Extract<FamilySpec, { learningRate: number }>;
export const FAMILY_NAMES: readonly FamilyName[] = familySchema.options.map((option) => option.shape.family.value);

/** Whether the hidden layers of the given family can be pretrained. */
export const canPretrain = (family: FamilyName): boolean => FAMILIES[family].canPretrain;

/** Settings of one trial of the given family, drawn at random within its search space. */
export function sampleSettings(given: FamilySpec, rng: Rng): FamilySpec {
  const family: { sampleSettings(spec: FamilySpec, rng: Rng): FamilySpec } = FAMILIES[given.family];
  return family.sampleSettings(given, rng);
}
