import fs from 'node:fs';
import { ExportVerifier, type ExportHeader, linesOf } from '../../platform/ledger/export-verifier';
import { readTrustedKeys, type Trust } from '../../platform/signing/trusted-keys';
import { VERSION_FORMAT, versionFileSchema, verifyVersionFile } from '../../platform/signing/version-file';

const USAGE = `usage: node verify-utplukk.cjs <file> [--trust trust.json] [--key <base64>]

Verifies a ledger or a model version that Utplukk exported. Needs Node 20 or later and nothing else.
--trust   pinned keys, from a source that you trust (for versions: with the identity provider's keys)
--key     the notary's public key alone; enough for a ledger
Exit codes: 0 valid, 1 not valid, 2 the command or the file is wrong.
`;

/** The stand-alone verifier: one file, no database, no server, no checkout of the project. */
async function main([file, ...options]: string[]): Promise<number> {
  const option = (name: string) => (options.includes(name) ? options[options.indexOf(name) + 1] : undefined);
  if (!file || file.startsWith('-') || !fs.existsSync(file)) {
    process.stderr.write(`${file ? `${file} does not exist\n` : ''}${USAGE}`);
    return 2;
  }
  const [trustFile, key] = [option('--trust'), option('--key')];
  const trust: Trust | undefined = trustFile
    ? readTrustedKeys(trustFile)
    : key
      ? { notaryKeys: [Buffer.from(key, 'base64')], issuers: [] }
      : undefined;
  return (await isVersionFile(file)) ? version(file, trust) : ledger(file, trust);
}

/** A version names its format within the first bytes; a ledger does not. */
async function isVersionFile(file: string): Promise<boolean> {
  for await (const chunk of fs.createReadStream(file, { end: 200 })) return String(chunk).includes(VERSION_FORMAT);
  return false;
}

async function version(file: string, trust: Trust | undefined): Promise<number> {
  const parsed = versionFileSchema.safeParse(JSON.parse(fs.readFileSync(file, 'utf8')));
  if (!parsed.success) return fail(`this is not an exported version: ${parsed.error.message}`);
  if (!trust || trust.issuers.length === 0)
    return fail('a version needs --trust: tokens of the identity provider prove who approved it');
  const verdict = await verifyVersionFile(parsed.data, trust);
  for (const text of verdict.statements) process.stdout.write(`${text}\n`);
  for (const text of verdict.problems) process.stdout.write(`PROBLEM: ${text}\n`);
  const { versionId, statements, entries, problems } = verdict;
  process.stdout.write(
    problems.length === 0
      ? `Version ${versionId} is intact: bundle, ${statements.length} signed statements, ${entries} ledger entries.\n`
      : `VERSION ${versionId} HAS BEEN CHANGED\n`,
  );
  return problems.length === 0 ? 0 : 1;
}

async function ledger(file: string, trust: Trust | undefined): Promise<number> {
  let verifier: ExportVerifier | undefined;
  for await (const line of linesOf(fs.createReadStream(file, { highWaterMark: 1 << 20 }))) {
    if (!verifier) {
      const named = (JSON.parse(line.toString()) as ExportHeader).keys ?? [];
      if (!trust)
        process.stdout.write(
          `No key was given: trusting ${named.join(', ')}, which the file itself names. ` +
            'Compare it with the key you know.\n',
        );
      verifier = new ExportVerifier(trust?.notaryKeys ?? named.map((text) => Buffer.from(text, 'base64')));
    }
    verifier.line(line);
  }
  if (!verifier) return fail('the file is empty');
  const { entries, root, anchored, checkpoints, lastCheckpoint, problems } = verifier.end();
  for (const { entry, problem } of problems) process.stdout.write(`PROBLEM at entry ${entry}: ${problem}\n`);
  process.stdout.write(
    problems.length === 0
      ? `The ledger is unchanged: ${entries} entries, root ${root}\n` +
          `${anchored} anchored by ${checkpoints} signed checkpoints, the last of ${lastCheckpoint ?? 'none'}; ` +
          `${entries - anchored} not yet anchored\n`
      : 'THE LEDGER HAS BEEN CHANGED\n',
  );
  return problems.length === 0 ? 0 : 1;
}

function fail(text: string): number {
  process.stderr.write(`${text}\n`);
  return 2;
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: Error) => (process.exitCode = fail(error.message)),
);
