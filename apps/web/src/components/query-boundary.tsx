import { Alert, Button, Heading, Paragraph, Skeleton } from '@digdir/designsystemet-react';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useLocation } from 'react-router';
import { type Problem as ApiProblem, ProblemError } from '../api/client';
import { useMessages } from '../i18n';
import { MESSAGES } from '../messages/query-boundary';

type ProblemCode = ApiProblem['code'];

export function Loading({ rows = 4 }: { rows?: number }) {
  const t = useMessages(MESSAGES);
  return (
    <div role="status" aria-label={t.loading} className="stack">
      {Array.from({ length: rows }, (_, i) => (
        <Skeleton key={i} variant="rectangle" height={28} width={`${90 - 12 * (i % 3)}%`} />
      ))}
    </div>
  );
}

/** Why a call failed, in words of the page, with what to do next. */
export function Problem({ error, again }: { error: unknown; again?: (() => void) | undefined }) {
  const t = useMessages(MESSAGES);
  const problem = error instanceof ProblemError ? error.problem : UNEXPECTED(error);
  if (problem.code === 'SignInNeeded') return <SignIn />;
  if (problem.code === 'RoleNeeded')
    return (
      <Alert data-color="info">
        <Heading level={2} data-size="xs">
          {t.noAccess}
        </Heading>
        <Paragraph>{t.noAccessText}</Paragraph>
        <Paragraph data-size="sm">{problem.title}</Paragraph>
      </Alert>
    );
  return (
    <Alert data-color={problem.code === 'NotFound' ? 'info' : 'danger'} role="alert">
      <Heading level={2} data-size="xs">
        {titleOf(problem.code, t)}
      </Heading>
      <Paragraph>{problem.title || t.unavailableText}</Paragraph>
      {problem.next ? <Paragraph data-size="sm">{problem.next}</Paragraph> : null}
      {again ? (
        <Button variant="secondary" data-size="sm" onClick={again}>
          {t.again}
        </Button>
      ) : null}
    </Alert>
  );
}

const UNEXPECTED = (error: unknown) => ({ code: 'Internal' as const, title: String(error), next: undefined });

function titleOf(code: ProblemCode, t: (typeof MESSAGES)['nb']): string {
  if (code === 'SourceUnavailable') return t.unavailable;
  if (code === 'NotFound') return t.notFound;
  return code === 'TooManyRequests' ? t.tooMany : t.failed;
}

function SignIn() {
  const t = useMessages(MESSAGES);
  const here = useLocation();
  return (
    <section className="stack center" aria-labelledby="signin">
      <Heading level={2} id="signin">
        {t.signInTitle}
      </Heading>
      <Paragraph>{t.signInText}</Paragraph>
      <Button asChild>
        <a href={`/auth/login?return=${encodeURIComponent(here.pathname + here.search)}`}>{t.signIn}</a>
      </Button>
    </section>
  );
}

/** Shows the data of a query, or its other states: loading, a problem, no access. */
export function QueryBoundary<T>({
  query,
  children,
  rows,
}: {
  query: Pick<UseQueryResult<T>, 'data' | 'isError' | 'error'> & { readonly refetch: () => Promise<unknown> };
  children: (data: T) => ReactNode;
  rows?: number;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isError) return <Problem error={query.error} again={() => void query.refetch()} />;
  return <Loading rows={rows ?? 4} />;
}

export function Empty({ children }: { children: ReactNode }) {
  return <Paragraph className="empty">{children}</Paragraph>;
}
