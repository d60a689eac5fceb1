import { Paragraph } from '@digdir/designsystemet-react';
import { Page, To } from '../parts/page';
import { useWords } from '../words';

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
