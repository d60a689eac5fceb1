import { Alert, Button, Heading, Paragraph, Skeleton } from '@digdir/designsystemet-react';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useLocation } from 'react-router';
import { ProblemError } from '../api/client';
import { useWords } from '../i18n';

const WORDS = {
  nb: {
    loading: 'Henter …',
    signIn: 'Logg inn',
    signInTitle: 'Du er ikke logget inn',
    signInText: 'Økten er kort, og den er ute. Logg inn for å fortsette der du var.',
    noAccess: 'Du har ikke tilgang til dette',
    noAccessText: 'Rollen din gir ikke tilgang. Tilgangene står i docs/access.md; spør den som styrer roller hos dere.',
    away: 'Tjenesten svarer ikke',
    awayText: 'Prøv igjen om litt.',
    notFound: 'Finnes ikke',
    failed: 'Noe gikk galt',
    again: 'Prøv igjen',
    tooMany: 'For mange kall på kort tid',
  },
  en: {
    loading: 'Loading …',
    signIn: 'Sign in',
    signInTitle: 'You are not signed in',
    signInText: 'Sessions are short, and this one has ended. Sign in to go on where you were.',
    noAccess: 'You have no access to this',
    noAccessText: 'Your role does not allow it. docs/access.md lists who may what; ask whoever manages roles.',
    away: 'The service does not answer',
    awayText: 'Try again in a moment.',
    notFound: 'There is no such thing',
    failed: 'Something went wrong',
    again: 'Try again',
    tooMany: 'Too many calls in a short time',
  },
};

export function Loading({ rows = 4 }: { rows?: number }) {
  const w = useWords(WORDS);
  return (
    <div role="status" aria-label={w.loading} className="stack">
      {Array.from({ length: rows }, (_, i) => (
        <Skeleton key={i} variant="rectangle" height={28} width={`${90 - 12 * (i % 3)}%`} />
      ))}
    </div>
  );
}

export function Problem({ error, again }: { error: unknown; again?: (() => void) | undefined }) {
  const w = useWords(WORDS);
  const here = useLocation();
  const problem =
    error instanceof ProblemError
      ? error.problem
      : { code: 'Internal' as const, title: String(error), next: undefined };
  if (problem.code === 'SignInNeeded')
    return (
      <section className="stack center" aria-labelledby="signin">
        <Heading level={2} id="signin">
          {w.signInTitle}
        </Heading>
        <Paragraph>{w.signInText}</Paragraph>
        <Button asChild>
          <a href={`/auth/login?return=${encodeURIComponent(here.pathname + here.search)}`}>{w.signIn}</a>
        </Button>
      </section>
    );
  if (problem.code === 'RoleNeeded')
    return (
      <Alert data-color="info">
        <Heading level={2} data-size="xs">
          {w.noAccess}
        </Heading>
        <Paragraph>{w.noAccessText}</Paragraph>
        <Paragraph data-size="sm">{problem.title}</Paragraph>
      </Alert>
    );
  const title =
    { SourceUnavailable: w.away, NotFound: w.notFound, TooManyCalls: w.tooMany }[problem.code as 'NotFound'] ??
    w.failed;
  return (
    <Alert data-color={problem.code === 'NotFound' ? 'info' : 'danger'} role="alert">
      <Heading level={2} data-size="xs">
        {title}
      </Heading>
      <Paragraph>{problem.title || w.awayText}</Paragraph>
      {problem.next ? <Paragraph data-size="sm">{problem.next}</Paragraph> : null}
      {again ? (
        <Button variant="secondary" data-size="sm" onClick={again}>
          {w.again}
        </Button>
      ) : null}
    </Alert>
  );
}

/** What a query gives, with its other states: loading, problem, no access. */
export function Ask<T>({
  of,
  children,
  rows,
}: {
  of: UseQueryResult<T>;
  children: (data: T) => ReactNode;
  rows?: number;
}) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.isError) return <Problem error={of.error} again={() => void of.refetch()} />;
  return <Loading rows={rows ?? 4} />;
}

export function Empty({ children }: { children: ReactNode }) {
  return <Paragraph className="empty">{children}</Paragraph>;
}
