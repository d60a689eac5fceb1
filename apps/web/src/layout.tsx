import type { Operation } from '../../../domain/rules/permissions';
import { Alert, Button, SkipLink, Tag } from '@digdir/designsystemet-react';
import { useEffect } from 'react';
import { Link, NavLink, Outlet, useLocation, useNavigation, useSearchParams } from 'react-router';
import { type Me, rememberCsrf, signOut } from './api/client';
import { useMe } from './api/me';
import { QueryBoundary } from './components/query-boundary';
import { useLanguage, useMessages } from './i18n';
import { codeText } from './messages/code-texts';
import { MESSAGES } from './messages/layout';
import { ROLES } from './messages/roles';
import type { ROUTES } from './routes';

/** A path of the menu, the key of its text, and the operation that a person must be allowed to see it. */
type MenuEntry = readonly [path: (typeof ROUTES)[number]['path'], text: keyof MenuTexts, operation: Operation];
/** Keys of the menu's texts: those that are a plain sentence. */
type MenuTexts = Omit<(typeof MESSAGES)['nb'], 'problems'>;

const PAGES: readonly MenuEntry[] = [
  ['/', 'overview', 'getOverview'],
  ['/runs', 'runs', 'listTrainingRuns'],
  ['/versions', 'versions', 'listModelVersions'],
  ['/lineage', 'lineage', 'getLineageGraph'],
  ['/lists', 'lists', 'listSelectionLists'],
  ['/audit', 'audit', 'listLedgerEntries'],
  ['/data', 'data', 'listLoads'],
];

type SignInProblem = keyof (typeof MESSAGES)['nb']['problems'];
const isSignInProblem = (code: string | null): code is SignInProblem =>
  code !== null && Object.hasOwn(MESSAGES.nb.problems, code);

/** Menu and footer around every page; a person who is not signed in sees the sign-in instead of the page. */
export function Layout() {
  const t = useMessages(MESSAGES);
  const me = useMe();
  const { state } = useNavigation();
  const [search] = useSearchParams();
  rememberCsrf(me.data?.csrf ?? null);
  const here = useLocation().pathname;
  useEffect(() => document.getElementById('content')?.focus({ preventScroll: true }), [here]);
  const problem = search.get('problem');
  return (
    <>
      <SkipLink href="#content">{t.skip}</SkipLink>
      <div className="shell">
        <SideBar me={me.data} />
        <main id="content" tabIndex={-1} aria-busy={state === 'loading'}>
          {isSignInProblem(problem) ? (
            <Alert data-color="warning" role="alert">
              {t.problems[problem]}
            </Alert>
          ) : null}
          <QueryBoundary query={me}>{() => <Outlet />}</QueryBoundary>
        </main>
      </div>
    </>
  );
}

function SideBar({ me }: { me: Me | undefined }) {
  const t = useMessages(MESSAGES);
  const { language, setLanguage } = useLanguage();
  const other = language === 'nb' ? 'en' : 'nb';
  return (
    <aside className="side">
      <Link to="/" className="brand">
        Utplukk
      </Link>
      <nav aria-label={t.menu}>
        <ul>
          {PAGES.filter(([, , operation]) => me?.operations.includes(operation)).map(([path, name]) => (
            <li key={path}>
              <NavLink to={path} end={path === '/'}>
                {t[name]}
              </NavLink>
            </li>
          ))}
        </ul>
      </nav>
      <footer>
        <span>{t.selected}</span>
        <Button variant="tertiary" data-size="sm" lang={other} onClick={() => setLanguage(other)}>
          {t.otherLanguage}
        </Button>
        {me ? <SignedIn me={me} /> : null}
      </footer>
    </aside>
  );
}

function SignedIn({ me }: { me: Me }) {
  const t = useMessages(MESSAGES);
  const roles = useMessages(ROLES);
  return (
    <>
      <span>
        <strong>{me.subject}</strong>
      </span>
      <span className="actions">
        {me.roles.map((role) => (
          <Tag key={role} data-size="sm" data-color="neutral">
            {codeText(roles, role)}
          </Tag>
        ))}
      </span>
      <Button variant="secondary" data-size="sm" onClick={() => void signOut()}>
        {t.signOut}
      </Button>
    </>
  );
}
