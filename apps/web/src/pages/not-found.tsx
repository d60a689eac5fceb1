import { Paragraph } from '@digdir/designsystemet-react';
import { Page, To } from '../components/page';
import { useWords } from '../i18n';

const WORDS = {
  nb: { title: 'Siden finnes ikke', text: 'Adressen hører ikke til noen side her.', home: 'Til oversikten' },
  en: { title: 'There is no such page', text: 'The address belongs to no page here.', home: 'To the overview' },
};

export function MissingPage() {
  const w = useWords(WORDS);
  return (
    <Page title={w.title}>
      <Paragraph>{w.text}</Paragraph>
      <To to="/">{w.home}</To>
    </Page>
  );
}
