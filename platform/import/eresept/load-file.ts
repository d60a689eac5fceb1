import fs from 'node:fs';
import { invalid } from '../../../domain/errors';
import { sha256File } from '../../artifacts/hash';
import type { AuditContext } from '../../ledger/append';
import type { Db } from '../../postgres/connection';
import { type Batch, type LoadReport, runInBatch } from '../import-batch';
import { linesOf } from '../read-lines';
import type { Vault } from '../vault';
import { AnswerLoader } from './answers';
import { textPieces } from './decode-xml';
import { MessageLoader } from './message-loader';
import { MessageReader } from './message-reader';
import { Notes } from './notes';
import { Parties } from './parties';

/** Largest JSON document that is read whole. */
const JSON_BYTES = 64 << 20;

/**
 * Loads one file of eResept: XML messages (`.xml`), JSON answers (`.json`, one document), or JSON answers one a line
 * (`.ndjson`). What was left out of it is counted in the report's notes.
 * @throws UtplukkError InvalidInput for a file that cannot be read at all
 */
export const loadEReseptFile = (
  db: Db,
  audit: AuditContext,
  vault: Vault,
  file: string,
  retry = false,
): Promise<LoadReport> =>
  runInBatch(db, audit, file, { kind: 'prescription', content: () => sha256File(file), retry }, async (batch) => {
    // One file at a time: whether a bill is a correction depends on those before it.
    await batch.tx.raw("select pg_advisory_xact_lock(hashtext('rx.claim'))");
    const notes = new Notes();
    if (file.endsWith('.xml')) await loadMessages(batch, file, new MessageLoader(vault, new Parties(), notes));
    else await loadAnswers(batch, file, new AnswerLoader(new Parties(), notes));
    for (const { kind, name, count } of notes.entries()) batch.note(kind, name, count);
  });

async function loadMessages(batch: Batch, file: string, loader: MessageLoader): Promise<void> {
  const reader = new MessageReader(loader.notes);
  const load = async () => {
    for (const message of reader.take()) await loader.add(batch, message);
  };
  for await (const piece of textPieces(file)) {
    reader.write(piece);
    await load();
  }
  reader.end();
  await load();
  await loader.flush(batch);
}

async function loadAnswers(batch: Batch, file: string, loader: AnswerLoader): Promise<void> {
  if (file.endsWith('.json')) {
    if (fs.statSync(file).size > JSON_BYTES)
      throw invalid(`${file} is larger than ${JSON_BYTES >> 20} MiB`, 'Write one document a line (.ndjson).');
    await oneDocument(batch, 1, fs.readFileSync(file, 'utf8'), loader);
  } else {
    let line = 0;
    for await (const text of linesOf(file)) {
      line++;
      if (text.trim() !== '') await oneDocument(batch, line, text, loader);
    }
  }
  await loader.flush(batch);
}

async function oneDocument(batch: Batch, line: number, text: string, loader: AnswerLoader): Promise<void> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    batch.read++;
    batch.quarantine(line, 'document', '(whole)', undefined, 'not JSON');
    return;
  }
  await loader.document(batch, line, value);
}
