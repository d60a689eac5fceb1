import fs from 'node:fs';
import path from 'node:path';
import { until } from '../support/until';
import type { Story } from './story';

/** An auditor follows a list back to its data, and verifies the audit log. */
export function auditJourney(story: () => Story): void {
  test('an auditor follows the list back to its data, sees what was live, and verifies a proof', async () => {
    const { page, axe, shot } = await story().visitor('anne', `/lineage/${story().listId}`);
    await page.getByRole('heading', { name: /^utvalgsliste/ }).waitFor();
    for (const kind of ['uttrekk', 'variabelmatrise', 'trening', 'modellversjon', 'beslutning', 'skåring'])
      await page.getByRole('table', { name: 'Som liste' }).getByText(kind, { exact: false }).first().waitFor();
    // By the server's clock: an instant of whole minutes, or of another clock, would leave out what went live just now.
    const asked = page.waitForRequest(/live-at/);
    await page.reload();
    expect((await asked).url()).toMatch(/\/live-at\/now$/);
    await page.getByText('Godkjent av').waitFor();
    await story().product.notary.client.checkpoint();
    await page
      .getByRole('button', { name: /Kontroller beviset/ })
      .first()
      .click();
    await page.getByText(/Beviset er regnet etter her i nettleseren, og stemmer/).waitFor();
    expect(await axe()).toEqual([]);
    await shot('lineage');
  });

  test('an auditor verifies an exported audit log in the browser; a tampered copy is shown as tampered', async () => {
    const { visitor, page, axe, shot } = await story().visitor('anne', '/audit');
    await story().product.notary.client.checkpoint();
    const download = page.getByRole('link', { name: 'Last ned hele revisjonsloggen' });
    const file = await visitor.download(() => download.click());
    await page.getByRole('button', { name: 'Kontroller hele revisjonsloggen nå' }).click();
    await page.getByText(/Revisjonsloggen er uendret/).waitFor();
    expect(await axe()).toEqual([]);
    await shot('audit');
    await page.getByRole('tab', { name: 'Kontroller en fil' }).click();
    const start = page.getByRole('button', { name: 'Kontroller', exact: true });
    const verify = async (name: string, text: string) => {
      const copy = path.join(story().dir, name);
      fs.writeFileSync(copy, text);
      await page.getByLabel(/Eksportert revisjonslogg/).setInputFiles(copy);
      await until('the verifier to be loaded', async () => ((await start.isEnabled()) ? true : undefined));
      // No server takes part: with the network gone it works all the same.
      await visitor.context.setOffline(true);
      await start.click();
      const verdict = page.getByTestId('verdict');
      await verdict.getByText(/Filen er uendret|FILEN ER ENDRET|kunne ikke leses/).waitFor();
      await visitor.context.setOffline(false);
      return verdict.innerText();
    };
    const text = fs.readFileSync(file, 'utf8');
    expect(await verify('ledger.ndjson', text)).toMatch(
      /Filen er uendret: .* oppføringer kontrollert[\s\S]*signerte sjekkpunkter/,
    );
    const changed = await verify('tampered.ndjson', text.replace('"event":"', '"event":"x'));
    expect(changed).toMatch(/FILEN ER ENDRET[\s\S]*is not the one that was anchored/);
  });
}
