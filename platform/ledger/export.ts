import fs from 'node:fs';
import { once } from 'node:events';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { notFound } from '../../domain/errors';
import { readCheckpoint } from './checkpointer';
import { binaryRows } from './copy-rows';
import { EXPORT_FORMAT, type ExportHeader } from './export-verifier';
import { TileTree } from './tiles';
import type { Anchors } from './verify';

const TILE = 256;

/**
 * Writes the whole ledger to one file that can be verified anywhere: a header with the signed checkpoints, then for
 * every 256 entries their anchored leaf hashes and the bytes of the entries. It streams, so the size is not limited.
 */
export async function exportLedger(
  url: string,
  anchors: Anchors,
  out: string,
): Promise<{ entries: number; anchored: number }> {
  const { anchor, keys } = anchors;
  const latest = readCheckpoint(anchor, keys);
  if (!latest)
    throw notFound(
      'no checkpoint has been signed yet',
      'Wait a minute, or see whether the notary runs: `utplukk doctor`.',
    );
  const notes = anchor
    .list('checkpoints')
    .sort()
    .map((name) => anchor.read(`checkpoints/${name}`)!.toString('utf8'));
  const unfinished = `${out}.part`;
  const file = fs.createWriteStream(unfinished, { highWaterMark: 1 << 20 });
  const write = async (text: string | Buffer) => {
    if (!file.write(text)) await once(file, 'drain');
  };
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const header: ExportHeader = {
      format: EXPORT_FORMAT,
      origin: latest.origin,
      keys: keys.map((key) => Buffer.from(key).toString('base64')),
      checkpoints: notes,
    };
    await write(`${JSON.stringify(header)}\n`);
    const tree = new TileTree(anchor, latest.size);
    let entries = 0;
    const newline = Buffer.from('\n');
    const sql = `copy (select e.bytes from aud.chain c join aud.entry e using (entry_id) order by c.seq)
        to stdout (format binary)`;
    for await (const rows of binaryRows(client.query(copyTo(sql)))) {
      const chunks: Buffer[] = [];
      for (const row of rows) {
        if (entries % TILE === 0 && entries < latest.size)
          chunks.push(
            Buffer.from(
              `${JSON.stringify({ leaves: Buffer.concat(tree.tile(0, entries / TILE)).toString('base64') })}\n`,
            ),
          );
        chunks.push(row.bytes(0)!, newline);
        entries++;
      }
      await write(Buffer.concat(chunks));
    }
    file.end();
    await once(file, 'close');
    fs.renameSync(unfinished, out);
    return { entries, anchored: latest.size };
  } finally {
    await client.end();
    fs.rmSync(unfinished, { force: true });
  }
}
