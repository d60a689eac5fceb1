import type { MatrixColumn } from '../../domain/schemas/matrix';

export const numericColumns = (width: number): MatrixColumn[] =>
  Array.from({ length: width }, (_, i) => ({ name: `x${i}`, kind: 'numeric', role: 'feature' }));
