import { puBaggingSchema } from '../../domain/schemas/experiment';
import type { PuBagging } from '../../models/training/pu-bagging';

/** Never controlled providers beside the controlled, as many as an experiment gets that asks for them. */
export const UNLABELED: PuBagging = puBaggingSchema.parse({});
