import '@digdir/designsystemet-css';
import '@digdir/designsystemet-theme';
import './style.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter, RouterProvider } from 'react-router';
import { ProblemError } from './api/client';
import { Loading } from './components/query-boundary';
import { Layout } from './layout';
import { LanguageProvider } from './i18n';

const STALE_MS = 10_000;
const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: STALE_MS,
      // An answer of the server is final; the call is retried only where the server did not answer.
      retry: (count, error) => count < 2 && error instanceof ProblemError && [0, 503].includes(error.problem.status),
    },
  },
});

const router = createBrowserRouter([
  {
    element: <Layout />,
    children: [
      { path: '/', lazy: async () => ({ Component: (await import('./pages/overview')).OverviewPage }) },
      { path: '/runs', lazy: async () => ({ Component: (await import('./pages/runs')).RunsPage }) },
      { path: '/runs/new', lazy: async () => ({ Component: (await import('./pages/new-run')).NewRunPage }) },
      { path: '/runs/compare', lazy: async () => ({ Component: (await import('./pages/compare')).ComparePage }) },
      { path: '/runs/:runId', lazy: async () => ({ Component: (await import('./pages/run')).RunPage }) },
      { path: '/versions', lazy: async () => ({ Component: (await import('./pages/versions')).VersionsPage }) },
      {
        path: '/versions/:versionId',
        lazy: async () => ({ Component: (await import('./pages/version')).VersionPage }),
      },
      {
        path: '/requests/:requestId',
        lazy: async () => ({ Component: (await import('./pages/request')).RequestPage }),
      },
      { path: '/lineage', lazy: async () => ({ Component: (await import('./pages/lineage')).LineagePage }) },
      { path: '/lineage/:id', lazy: async () => ({ Component: (await import('./pages/lineage')).LineagePage }) },
      { path: '/lists', lazy: async () => ({ Component: (await import('./pages/lists')).ListsPage }) },
      { path: '/lists/:listId', lazy: async () => ({ Component: (await import('./pages/list')).ListPage }) },
      {
        path: '/providers/:provider',
        lazy: async () => ({ Component: (await import('./pages/provider')).ProviderPage }),
      },
      { path: '/audit', lazy: async () => ({ Component: (await import('./pages/audit')).AuditPage }) },
      { path: '/data', lazy: async () => ({ Component: (await import('./pages/data')).DataPage }) },
      { path: '*', lazy: async () => ({ Component: (await import('./pages/not-found')).NotFoundPage }) },
    ],
  },
]);

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <LanguageProvider>
        <Suspense fallback={<Loading />}>
          <RouterProvider router={router} />
        </Suspense>
      </LanguageProvider>
    </QueryClientProvider>
  </StrictMode>,
);
