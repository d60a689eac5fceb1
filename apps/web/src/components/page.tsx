import { Heading, Link, Paragraph, Tag } from '@digdir/designsystemet-react';
import { type ReactNode, useEffect } from 'react';
import { Link as RouterLink } from 'react-router';

/** A page with its heading, and the title of the window. */
export function Page({
  title,
  lead,
  actions,
  children,
}: {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} – Utplukk`;
  }, [title]);
  return (
    <>
      <header className="page-head">
        <div>
          <Heading level={1} data-size="md">
            {title}
          </Heading>
          {lead ? <Paragraph className="lead">{lead}</Paragraph> : null}
        </div>
        {actions ? <div className="actions">{actions}</div> : null}
      </header>
      {children}
    </>
  );
}

export function Section({
  title,
  children,
  id,
  lead,
}: {
  title: string;
  children: ReactNode;
  id?: string;
  lead?: ReactNode;
}) {
  return (
    <section className="section" id={id}>
      <Heading level={2} data-size="xs">
        {title}
      </Heading>
      {lead ? (
        <Paragraph data-size="sm" className="lead">
          {lead}
        </Paragraph>
      ) : null}
      {children}
    </section>
  );
}

export const short = (id: string): string => id.slice(0, 12);

/** An id, short, with the whole of it at hand; a link where there is a page of it. */
export function Id({ of, to, kind }: { of: string; to?: string | undefined; kind?: string }) {
  const code = <code title={of}>{short(of)}</code>;
  return (
    <span className="id">
      {kind ? `${kind} ` : null}
      {to ? <To to={to}>{code}</To> : code}
    </span>
  );
}

/** A link to a page of another server, in a window of its own. */
export function Away({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Link href={to} target="_blank" rel="noreferrer">
      {children}
    </Link>
  );
}

export function To({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Link asChild>
      <RouterLink to={to}>{children}</RouterLink>
    </Link>
  );
}

const COLOURS = {
  finished: 'success',
  approved: 'success',
  running: 'info',
  open: 'info',
  draft: 'info',
  failed: 'danger',
  refused: 'danger',
  cancelled: 'neutral',
  expired: 'neutral',
  live: 'success',
} as const;
export function StateTag({ state, children }: { state: string; children: ReactNode }) {
  return <Tag data-color={COLOURS[state as 'live'] ?? 'neutral'}>{children}</Tag>;
}

/** Terms and what they are, as a list that reads well on a narrow screen too. */
export function Facts({ of }: { of: readonly (readonly [term: string, value: ReactNode])[] }) {
  return (
    <dl className="facts">
      {of.map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
