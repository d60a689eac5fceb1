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
import { ROUTES } from './routes';

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

const router = createBrowserRouter([{ element: <Layout />, children: [...ROUTES] }]);

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
