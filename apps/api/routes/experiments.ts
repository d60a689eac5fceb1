import { z } from 'zod';
import { diagnose, shippedExperiments } from '../../../application/experiments';
import { route } from '../http/route';
import { experimentText } from './schemas';

const listExperiments = route(
  'listExperiments',
  {
    method: 'GET',
    url: '/v1/experiments',
    tag: 'Training',
    summary: 'Experiments that ship with the product',
    answer: z.array(z.object({ name: z.string(), text: z.string() })),
  },
  () => Promise.resolve(shippedExperiments()),
);

const diagnosis = z.object({
  valid: z.boolean(),
  problems: z.array(z.object({ path: z.string(), line: z.int(), column: z.int(), message: z.string() })),
});

const validateExperiment = route(
  'validateExperiment',
  {
    method: 'POST',
    url: '/v1/experiments/validations',
    tag: 'Training',
    summary: 'What is wrong with an experiment, line by line',
    body: experimentText,
    answer: diagnosis,
  },
  ({ body }) => {
    const { experiment, problems } = diagnose(body.text);
    return Promise.resolve({
      valid: experiment !== undefined,
      problems: problems.map((problem) => ({ ...problem })),
    });
  },
);

export const experimentRoutes = [listExperiments, validateExperiment];
