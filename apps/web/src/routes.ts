import type { RouteObject } from 'react-router';

/** The pages by their paths, each loaded when it is first shown. The web test opens every one of them. */
export const ROUTES = [
  { path: '/', lazy: async () => ({ Component: (await import('./pages/overview')).OverviewPage }) },
  { path: '/runs', lazy: async () => ({ Component: (await import('./pages/runs')).RunsPage }) },
  { path: '/runs/new', lazy: async () => ({ Component: (await import('./pages/new-run')).NewRunPage }) },
  { path: '/runs/compare', lazy: async () => ({ Component: (await import('./pages/compare')).ComparePage }) },
  { path: '/runs/:runId', lazy: async () => ({ Component: (await import('./pages/run')).RunPage }) },
  { path: '/versions', lazy: async () => ({ Component: (await import('./pages/versions')).VersionsPage }) },
  { path: '/versions/:versionId', lazy: async () => ({ Component: (await import('./pages/version')).VersionPage }) },
  { path: '/requests/:requestId', lazy: async () => ({ Component: (await import('./pages/request')).RequestPage }) },
  { path: '/lineage', lazy: async () => ({ Component: (await import('./pages/lineage')).LineagePage }) },
  { path: '/lineage/:id', lazy: async () => ({ Component: (await import('./pages/lineage')).LineagePage }) },
  { path: '/lists', lazy: async () => ({ Component: (await import('./pages/lists')).ListsPage }) },
  { path: '/lists/:listId', lazy: async () => ({ Component: (await import('./pages/list')).ListPage }) },
  { path: '/providers/:provider', lazy: async () => ({ Component: (await import('./pages/provider')).ProviderPage }) },
  { path: '/audit', lazy: async () => ({ Component: (await import('./pages/audit')).AuditPage }) },
  { path: '/data', lazy: async () => ({ Component: (await import('./pages/data')).DataPage }) },
  { path: '*', lazy: async () => ({ Component: (await import('./pages/not-found')).NotFoundPage }) },
] as const satisfies readonly RouteObject[];
