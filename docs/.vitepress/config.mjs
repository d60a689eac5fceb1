import { defineConfig } from 'vitepress';
import { SIDEBAR } from './sidebar.mjs';

const CHAPTERS = [
  ['Tutorials', '/tutorials/first-model'],
  ['How-to', '/how-to/'],
  ['Reference', '/reference/'],
  ['Explanation', '/explanation/'],
  ['Benchmarks', '/benchmarks/'],
];

// Built without network: no fonts, no search service, nothing from another host. A dead link fails the build.
export default defineConfig({
  title: 'Utplukk',
  description: 'Which health providers to check after payment, and how every choice was made',
  lang: 'en',
  base: '/docs/',
  outDir: '../dist/docs',
  cacheDir: '../.stack/vitepress',
  srcExclude: ['examples/**'],
  ignoreDeadLinks: false,
  // Switching between light and dark would otherwise add a style sheet that the content policy forbids.
  appearance: { disableTransition: false },
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: '/docs/favicon.svg' }]],
  // Pages that are mostly a table get the width of the outline.
  transformPageData: ({ relativePath, frontmatter }) => {
    if (/^(benchmarks|reference)\/|^access/.test(relativePath)) frontmatter.aside = false;
  },
  markdown: { theme: { light: 'github-light', dark: 'github-dark' } },
  themeConfig: {
    nav: CHAPTERS.map(([text, link]) => ({ text, link })),
    sidebar: SIDEBAR,
    outline: [2, 3],
    search: { provider: 'local' },
    socialLinks: [],
    footer: { message: 'Selected does not mean suspected. Licensed under the EUPL 1.2.' },
  },
});
