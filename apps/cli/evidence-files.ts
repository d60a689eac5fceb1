import fs from 'node:fs';
import path from 'node:path';
import { notFound } from '../../domain/errors';
import { ROOT } from '../../platform/config/env';
import { anchorsOf } from '../../platform/signing/anchors';
import type { Reading } from './session';

/** Where signed checkpoints are. @throws UtplukkError NotFound before the first one */
export function requireAnchors({ env }: Reading) {
  const anchors = anchorsOf(env);
  if (!anchors)
    throw notFound(
      'nothing was anchored yet: no notary ever ran here',
      'Start it with `npm start`; `utplukk doctor` tells what is missing.',
    );
  return anchors;
}

/** Puts the stand-alone verifier beside an exported file. Returns its path. */
export function copyVerifier(out: string): string {
  const to = path.join(path.dirname(path.resolve(out)), 'verify-utplukk.cjs');
  fs.copyFileSync(path.join(ROOT, 'dist/verify-utplukk.cjs'), to);
  return to;
}
