// Relative links of all Markdown files: the file exists, and the heading too. VitePress checks pages of the site alone,
// and no headings.
import fs from 'node:fs';
import path from 'node:path';
import { ROOT, run, SetupError } from '../lib/util.mjs';

const LINK = /\]\((?!https?:|mailto:)([^)\s#]*)(?:#([^)\s]+))?\)/g;

/** The anchor that a heading gets: lower case, words joined by hyphens, punctuation left out. */
const slug = (heading) =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s+/g, '-');

const headings = (text) => new Set([...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => slug(heading)));

/** A link's target on disk; links from the site's root begin with a slash. */
function targetOf(file, link) {
  if (link === '') return file;
  const target = link.startsWith('/') ? path.join(ROOT, 'docs', link) : path.join(path.dirname(file), link);
  return [target, `${target}.md`, path.join(target, 'index.md')].find((one) => fs.existsSync(one));
}

export function checkLinks() {
  const listed = run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md']);
  const dead = [];
  for (const name of listed.split('\n').filter((one) => one !== '' && fs.existsSync(path.join(ROOT, one)))) {
    const file = path.join(ROOT, name);
    const text = fs.readFileSync(file, 'utf8').replaceAll(/```[\s\S]*?```/g, '');
    for (const [, link, anchor] of text.matchAll(LINK)) {
      const target = targetOf(file, link);
      const known = target && (!anchor || headings(fs.readFileSync(target, 'utf8')).has(anchor));
      if (!known) dead.push(`${name}: ${link}${anchor ? `#${anchor}` : ''}`);
    }
  }
  if (dead.length > 0) throw new SetupError(`links lead nowhere:\n  ${dead.join('\n  ')}`);
}
