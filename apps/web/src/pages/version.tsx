import { Alert } from '@digdir/designsystemet-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { rankingName } from '../../../../domain/families/names';
import { answer, api, type Version } from '../api/client';
import { DescriptionList, ExternalLink, Link, Page, ShortId, shortId } from '../components/page';
import { QueryBoundary } from '../components/query-boundary';
import { StateTag } from '../components/state-tag';
import { RequestPromotion } from '../components/version/request-promotion';
import { VersionTabs } from '../components/version/version-tabs';
import { useFormat, useLanguage, useMessages } from '../i18n';
import { LIVE } from '../messages/states';
import { MESSAGES } from '../messages/version';

export function VersionPage() {
  const { versionId = '' } = useParams();
  const version = useQuery({
    queryKey: ['version', versionId],
    queryFn: () => answer(api.GET('/v1/model-versions/{versionId}', { params: { path: { versionId } } })),
  });
  return (
    <QueryBoundary query={version} rows={8}>
      {(data) => <VersionDetails version={data} />}
    </QueryBoundary>
  );
}

function VersionDetails({ version }: { version: Version }) {
  const t = useMessages(MESSAGES);
  const { mlflow } = version.links;
  return (
    <Page title={`${t.title} ${shortId(version.versionId)}`}>
      <Facts version={version} />
      {mlflow ? (
        <p>
          <ExternalLink to={mlflow}>{t.mlflow}</ExternalLink>
        </p>
      ) : null}
      <RevisedLabels revision={version.revisions[0]} />
      {version.selectable ? (
        <RequestPromotion versionId={version.versionId} />
      ) : (
        <Alert data-color="warning">{t.notSelectable}</Alert>
      )}
      <VersionTabs version={version} />
    </Page>
  );
}

function Facts({ version }: { version: Version }) {
  const t = useMessages(MESSAGES);
  const live = useMessages<string>(LIVE);
  const { language } = useLanguage();
  const format = useFormat();
  const { versionId, runId, matrixId } = version;
  const liveTag = (
    <StateTag key="s" state="live">
      {live}
    </StateTag>
  );
  return (
    <DescriptionList
      items={[
        [t.slot, version.slot],
        [t.family, rankingName(version.family, language)],
        [t.at, format.instant(version.registeredAt)],
        [t.signed, version.signed ? t.yes : t.no],
        [
          t.run,
          <Link key="r" to={`/runs/${runId}`}>
            {shortId(runId)}
          </Link>,
        ],
        [t.matrix, <ShortId key="m" id={matrixId} to={`/lineage/${matrixId}`} />],
        [t.lineage, <ShortId key="l" id={versionId} to={`/lineage/${versionId}`} />],
        ...(version.live ? [[t.state, liveTag] as const] : []),
      ]}
    />
  );
}

/** Warns where labels that the version was trained on have changed since. */
function RevisedLabels({ revision }: { revision: Version['revisions'][number] | undefined }) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  if (!revision || revision.changed === 0) return null;
  const { changed, rows, fromFinding, toFinding, foundAt } = revision;
  return (
    <Alert data-color="warning">{t.revised(changed, rows, fromFinding, toFinding, format.instant(foundAt))}</Alert>
  );
}
