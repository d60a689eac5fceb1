import { unlabelledSchema } from '../../domain/schemas/experiment';
import type { Unlabelled } from '../../models/training/pu-bagging';

/** Never controlled actors beside the controlled, as many as an experiment gets that asks for them. */
export const UNLABELLED: Unlabelled = unlabelledSchema.parse({});
