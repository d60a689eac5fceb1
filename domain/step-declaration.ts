/**
 * Layers in which a step can have files of its own, from the top, and their folders; `db` is apart from the rest of
 * `platform/` because most steps have their rows there.
 */
export const LAYERS = {
  application: 'application',
  workflows: 'workflows',
  activities: 'activities',
  compute: 'compute',
  models: 'models',
  platform: 'platform',
  db: 'platform/db',
  domain: 'domain',
  test: 'test',
} as const;

export type Layer = keyof typeof LAYERS;

export interface StepDeclaration {
  /** What a progress report, a page, the architecture table and a file name call it. */
  readonly id: string;
  readonly nb: string;
  readonly en: string;
  /** What the step makes, for the architecture table. */
  readonly makes: string;
  /** Beginning of a word in its file names, where that is not the id itself; alternatives are separated by `|`. */
  readonly word?: string;
  /** The layer whose file does the step's work: where to start reading. */
  readonly main: Layer;
  /** The file in which a layer does its part of the step, below the layer's folder; or a folder of them, with `/`. */
  readonly files: Readonly<Partial<Record<Layer, string>> & { readonly test: string }>;
}
