import fs from 'node:fs';
import type { Env } from '../config/env';
import { DirectoryAnchor } from '../ledger/tiles';
import type { Anchors } from '../ledger/verify';
import { readTrustedKeys } from './trusted-keys';

/** Checkpoints and pinned keys of this installation; undefined if no notary ever ran. */
export function anchorsOf(env: Pick<Env, 'UTPLUKK_ANCHORS' | 'UTPLUKK_TRUST'>): Anchors | undefined {
  if (!fs.existsSync(env.UTPLUKK_TRUST)) return undefined;
  return { anchor: new DirectoryAnchor(env.UTPLUKK_ANCHORS), keys: readTrustedKeys(env.UTPLUKK_TRUST).notaryKeys };
}
