import { puBaggingSchema } from '../../domain/schemas/experiment';
import type { PuBagging } from '../../models/training/pu-bagging';

/** PU bagging with the default settings of an experiment. */
export const UNLABELED: PuBagging = puBaggingSchema.parse({});
