import { Heading, Link as StyledLink, Paragraph } from '@digdir/designsystemet-react';
import { type ReactNode, useEffect } from 'react';
import { Link as RouterLink } from 'react-router';

/** A page with its heading; sets the title of the window. */
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

/** A part of a page under a heading of its own. */
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

const ID_LENGTH = 12;
export const shortId = (id: string): string => id.slice(0, ID_LENGTH);

/** The first characters of an id, with the whole id as a tooltip; a link where it has a page. */
export function ShortId({ id, to }: { id: string; to?: string | undefined }) {
  const code = <code title={id}>{shortId(id)}</code>;
  return <span className="id">{to ? <Link to={to}>{code}</Link> : code}</span>;
}

/** A link to another server, opened in a new window. */
export function ExternalLink({ to, children }: { to: string; children: ReactNode }) {
  return (
    <StyledLink href={to} target="_blank" rel="noreferrer">
      {children}
    </StyledLink>
  );
}

/** A link to another page of this site. */
export function Link({ to, children }: { to: string; children: ReactNode }) {
  return (
    <StyledLink asChild>
      <RouterLink to={to}>{children}</RouterLink>
    </StyledLink>
  );
}

/** Terms with their values, as a list that stays readable on a narrow screen. */
export function DescriptionList({ items }: { items: readonly (readonly [term: string, value: ReactNode])[] }) {
  return (
    <dl className="facts">
      {items.map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
