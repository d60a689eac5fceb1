import type { Story } from './story';

/** Paths of apps/web/src/routes.ts that a journey of this story opens and checks with axe, by the file that does. */
export const OPENED_BY_A_JOURNEY = {
  '/runs/:runId': 'training-journey.ts',
  '/providers/:provider': 'list-journey.ts',
} as const;

/** The one sentence that may hold the word that no page may say of a provider. */
const DISCLAIMER = /Selected does not mean suspected|Utvalgt betyr ikke mistenkt/gi;
const WORDS_OF_SUSPICION = /fraud|svindel|mistenk|suspect/i;

/** All pages in both languages, on a narrow and a dark screen. */
export function everyPage(story: () => Story): void {
  test.each(['nb', 'en'] as const)(
    'every page in %s: a heading, nothing serious for axe, no word of suspicion',
    async (language) => {
      const { versionUrl, requestUrl, listId } = story();
      const models = [
        '/runs',
        '/runs/new',
        '/runs/compare',
        '/versions',
        versionUrl,
        requestUrl,
        '/lineage',
        `/lineage/${listId}`,
      ];
      const headings = new Map<string, string>();
      for (const [user, pages] of [
        ['kari', ['/', ...models, '/data', '/nowhere']],
        ['anne', ['/', '/lists', `/lists/${listId}`, '/audit']],
        ['admin', ['/', '/lists']],
      ] as const) {
        const { visitor, page } = await story().visitor(user, '/', language);
        for (const at of pages) {
          await visitor.go(at);
          const heading = await page.locator('h1, main h2').first().innerText();
          // The language changes texts, not roles or colours: axe looks once.
          if (language === 'nb') expect([user, at, await visitor.axe()]).toEqual([user, at, []]);
          const text = (await page.locator('body').innerText()).replace(DISCLAIMER, '');
          expect(text).not.toMatch(WORDS_OF_SUSPICION);
          headings.set(`${user} ${at}`, heading);
        }
        await visitor.close();
      }
      expect(headings.get('admin /lists')).toBe(language === 'nb' ? 'Utvalgslister' : 'Selection lists');
      expect(headings.get('kari /')).toBe(language === 'nb' ? 'Oversikt' : 'Overview');
    },
  );

  test('a narrow screen and a dark one work as well', async () => {
    const options = { viewport: { width: 360, height: 740 }, colorScheme: 'dark' };
    const { visitor, page, shot } = await story().visitor('anne', '/', 'nb', options);
    await page.getByRole('heading', { name: 'Oversikt' }).waitFor();
    const width = () => page.evaluate<number>('document.documentElement.scrollWidth');
    expect(await width()).toBeLessThanOrEqual(360);
    await visitor.go('/audit');
    for (const tab of ['Oppslag', 'Sjekkpunkter', 'Oppføringer']) {
      await page.getByRole('tab', { name: tab }).click();
      await page.getByRole('table').first().waitFor();
      expect([tab, await width()]).toEqual([tab, 360]);
    }
    await visitor.go('/');
    expect(await visitor.axe()).toEqual([]);
    await shot('narrow-dark');
  });
}
