// What the built site asks of a browser: hashes of its inline scripts for the content policy; nothing from other hosts.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { SetupError } from '../lib/util.mjs';

const files = (dir, ending) =>
  fs
    .readdirSync(dir, { recursive: true })
    .filter((file) => file.endsWith(ending))
    .sort();

/** Writes csp-hashes.json: `{ "scriptSrc": ["'sha256-…'"] }`, which the API adds to its policy under /docs. */
export function writeHashes(site) {
  const hashes = new Set();
  for (const file of files(site, '.html')) {
    const html = fs.readFileSync(path.join(site, file), 'utf8');
    for (const [, attributes, script] of html.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)) {
      if (/\ssrc=/.test(attributes) || script === '') continue;
      hashes.add(`'sha256-${createHash('sha256').update(script).digest('base64')}'`);
    }
    if (/<style[\s>]/.test(html)) throw new SetupError(`${file} has an inline style sheet, which the policy forbids`);
  }
  const scriptSrc = [...hashes].sort();
  fs.writeFileSync(path.join(site, 'csp-hashes.json'), `${JSON.stringify({ scriptSrc }, null, 1)}\n`);
  return scriptSrc.length;
}

const LOADED = [
  /<(?:script|img|iframe|source)[^>]*\ssrc="(?:https?:)?\/\/[^"]+"/,
  /<link(?![^>]*rel="canonical")[^>]*\shref="(?:https?:)?\/\/[^"]+"/,
];

/** Pages and style sheets load nothing from another host; links that a reader follows may leave. */
export function refuseExternalRequests(site) {
  const refuse = (file, found) => {
    if (found) throw new SetupError(`${file} loads something from another host: ${found[0].slice(0, 120)}`);
  };
  for (const file of files(site, '.html')) {
    const html = fs.readFileSync(path.join(site, file), 'utf8');
    for (const pattern of LOADED) refuse(file, pattern.exec(html));
  }
  for (const file of files(site, '.css'))
    refuse(file, /(?:url\(|@import)\s*["']?(?:https?:)?\/\//.exec(fs.readFileSync(path.join(site, file), 'utf8')));
}
