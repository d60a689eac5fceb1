import { invalid } from '../errors';
import type { Experiment } from '../schemas/experiment';
import type { MatrixMeta } from '../schemas/matrix';

/**
 * Columns that may enter the model: the source's features, less what the experiment leaves out. Nuisance columns come in
 * only when the experiment says so; the version then cannot be promoted.
 * @throws UtplukkError InvalidInput naming an unknown column and those that exist
 */
export function usableColumns(meta: MatrixMeta, experiment: Experiment): string[] {
  const { include, exclude, nuisance } = experiment.features;
  const names = meta.columns.map((column) => column.name);
  const unknown = [...(include ?? []), ...exclude].filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw invalid(
      `the experiment names unknown feature${unknown.length > 1 ? 's' : ''} ${unknown.join(', ')}; the source has: ${names.join(', ')}`,
      'Correct `features.include` or `features.exclude`.',
    );
  const forbidden = meta.columns.filter(
    (column) => column.role === 'nuisance' && include?.includes(column.name) && nuisance !== 'include',
  );
  if (forbidden.length > 0)
    throw invalid(
      `${forbidden.map((c) => c.name).join(', ')} says who looked and cannot be a feature of a model meant for selection`,
      'Set `features.nuisance: include` to study its effect; such a model cannot be promoted.',
    );
  const design = meta.columns.filter((column) => column.role === 'design' && include?.includes(column.name));
  if (design.length > 0)
    throw invalid(
      `${design.map((c) => c.name).join(', ')} says how a row came to be controlled and is never a feature`,
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
