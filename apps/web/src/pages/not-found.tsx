import { Paragraph } from '@digdir/designsystemet-react';
import { Page, Link } from '../components/page';
import { useMessages } from '../i18n';
import { MESSAGES } from '../messages/not-found';

export function NotFoundPage() {
  const t = useMessages(MESSAGES);
  return (
    <Page title={t.title}>
      <Paragraph>{t.text}</Paragraph>
      <Link to="/">{t.home}</Link>
    </Page>
  );
}
