import { invalid } from '../errors';
import type { Experiment } from '../schemas/experiment';
import type { MatrixMeta } from '../schemas/matrix';

/**
 * Columns that may enter the model: the features of the source that the experiment includes and does not exclude.
 * Nuisance (caseworker) columns enter only if the experiment says so; the version then cannot be promoted.
 * @throws UtplukkError InvalidInput for an unknown, nuisance or design column that the experiment asks for
 */
export function usableColumns(meta: MatrixMeta, experiment: Experiment): string[] {
  const { include, exclude, nuisance } = experiment.features;
  const names = meta.columns.map((column) => column.name);
  const unknown = [...(include ?? []), ...exclude].filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw invalid(
      `the experiment names unknown feature${unknown.length > 1 ? 's' : ''} ${unknown.join(', ')}; ` +
        `the source has: ${names.join(', ')}`,
      'Correct `features.include` or `features.exclude`.',
    );
  const forbidden = meta.columns.filter(
    (column) => column.role === 'nuisance' && include?.includes(column.name) && nuisance !== 'include',
  );
  if (forbidden.length > 0)
    throw invalid(
      `${forbidden.map((c) => c.name).join(', ')} identifies the caseworker and cannot be a feature of a model meant ` +
        'for selection',
      'Set `features.nuisance: include` to study its effect; such a model cannot be promoted.',
    );
  const design = meta.columns.filter((column) => column.role === 'design' && include?.includes(column.name));
  if (design.length > 0)
    throw invalid(
      `${design.map((c) => c.name).join(', ')} says how a row got its label and is never a feature`,
      'Take it out of `features.include`.',
    );
  return meta.columns
    .filter(
      (column) =>
        (column.role === 'feature'
          ? (include?.includes(column.name) ?? true)
          : column.role === 'nuisance' && nuisance === 'include') && !exclude.includes(column.name),
    )
    .map((column) => column.name);
}
