import { Alert, Button, SkipLink, Tag } from '@digdir/designsystemet-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Link, NavLink, Outlet, useLocation, useNavigation, useSearchParams } from 'react-router';
import { answer, api, type Me, signOut, rememberCsrf } from './api/client';
import { Ask } from './components/states';
import { useLanguage, useWords } from './i18n';

const WORDS = {
  nb: {
    skip: 'Hopp til innholdet',
    menu: 'Hovedmeny',
    overview: 'Oversikt',
    runs: 'Treninger',
    versions: 'Modellversjoner',
    lineage: 'Avstamming',
    lists: 'Utvalgslister',
    audit: 'Revisjon',
    data: 'Data',
    signOut: 'Logg ut',
    other: 'English',
    selected: 'Utvalgt betyr ikke mistenkt.',
    loading: 'Laster siden',
    problems: {
      refused: 'Innloggingen ble avvist. Prøv igjen.',
      flow: 'Innloggingen tok for lang tid. Prøv igjen.',
      'other-person': 'En annen person logget inn enn den som skulle bekrefte. Ingenting er gjort.',
      'sign-in': 'Logg inn først.',
    },
    roles: {
      'data-scientist': 'dataforsker',
      analyst: 'analytiker',
      reviewer: 'kontrollør',
      approver: 'godkjenner',
      'control-leader': 'kontrolleder',
      caseworker: 'saksbehandler',
      auditor: 'revisor',
      'privacy-officer': 'personvernombud',
      admin: 'administrator',
    },
  },
  en: {
    skip: 'Skip to the content',
    menu: 'Main menu',
    overview: 'Overview',
    runs: 'Training runs',
    versions: 'Model versions',
    lineage: 'Lineage',
    lists: 'Selection lists',
    audit: 'Audit',
    data: 'Data',
    signOut: 'Sign out',
    other: 'Norsk',
    selected: 'Selected does not mean suspected.',
    loading: 'Loading the page',
    problems: {
      refused: 'The sign-in was refused. Try again.',
      flow: 'The sign-in took too long. Try again.',
      'other-person': 'Another person signed in than the one who was to confirm. Nothing was done.',
      'sign-in': 'Sign in first.',
    },
    roles: {
      'data-scientist': 'data scientist',
      analyst: 'analyst',
      reviewer: 'reviewer',
      approver: 'approver',
      'control-leader': 'control leader',
      caseworker: 'caseworker',
      auditor: 'auditor',
      'privacy-officer': 'privacy officer',
      admin: 'administrator',
    },
  },
};

/** Pages and the operation without which there is nothing to see on them. */
const PAGES = [
  ['/', 'overview', 'getOverview'],
  ['/runs', 'runs', 'listTrainingRuns'],
  ['/versions', 'versions', 'listModelVersions'],
  ['/lineage', 'lineage', 'getLineageGraph'],
  ['/lists', 'lists', 'listSelectionLists'],
  ['/audit', 'audit', 'listLedgerEntries'],
  ['/data', 'data', 'listLoads'],
] as const;

export const useMe = () => useQuery({ queryKey: ['me'], queryFn: () => answer(api.GET('/v1/me')), staleTime: 60_000 });
/** Whether the one who is signed in may use an operation of the API. */
export const useMay = (operation: string): boolean => useMe().data?.operations.includes(operation) ?? false;

export function Shell() {
  const w = useWords(WORDS);
  const me = useMe();
  const { state } = useNavigation();
  const [search] = useSearchParams();
  rememberCsrf(me.data?.csrf ?? null);
  const here = useLocation().pathname;
  useEffect(() => document.getElementById('content')?.focus({ preventScroll: true }), [here]);
  const problem = w.problems[search.get('problem') as 'refused'] as string | undefined;
  return (
    <>
      <SkipLink href="#content">{w.skip}</SkipLink>
      <div className="shell">
        <Side me={me.data} />
        <main id="content" tabIndex={-1} aria-busy={state === 'loading'}>
          {problem ? (
            <Alert data-color="warning" role="alert">
              {problem}
            </Alert>
          ) : null}
          <Ask of={me}>{() => <Outlet />}</Ask>
        </main>
      </div>
    </>
  );
}

function Side({ me }: { me: Me | undefined }) {
  const w = useWords(WORDS);
  const { language, choose } = useLanguage();
  return (
    <aside className="side">
      <Link to="/" className="brand">
        Utplukk
      </Link>
      <nav aria-label={w.menu}>
        <ul>
          {PAGES.filter(([, , operation]) => me?.operations.includes(operation)).map(([path, name]) => (
            <li key={path}>
              <NavLink to={path} end={path === '/'}>
                {w[name]}
              </NavLink>
            </li>
          ))}
        </ul>
      </nav>
      <footer>
        <span>{w.selected}</span>
        <Button
          variant="tertiary"
          data-size="sm"
          lang={language === 'nb' ? 'en' : 'nb'}
          onClick={() => choose(language === 'nb' ? 'en' : 'nb')}
        >
          {w.other}
        </Button>
        {me ? (
          <>
            <span>
              <strong>{me.subject}</strong>
            </span>
            <span className="actions">
              {me.roles.map((role) => (
                <Tag key={role} data-size="sm" data-color="neutral">
                  {w.roles[role as 'analyst'] ?? role}
                </Tag>
              ))}
            </span>
            <Button variant="secondary" data-size="sm" onClick={() => void signOut()}>
              {w.signOut}
            </Button>
          </>
        ) : null}
      </footer>
    </aside>
  );
}
