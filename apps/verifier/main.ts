import fs from 'node:fs';
import { ExportVerifier, type ExportHeader, linesOf } from '../../platform/ledger/export-verifier';
import { readTrust, type Trust } from '../../platform/signing/trusted-keys';
import { VERSION_FORMAT, versionFileSchema, verifyVersionFile } from '../../platform/signing/version-file';

const USAGE = `usage: node verify-utplukk.cjs <file> [--trust trust.json] [--key <base64>]

Verifies a ledger or a model version that Utplukk exported. Needs Node 20 and nothing else.
--trust   pinned keys, as you got them from somebody you believe (for versions: with the identity provider's keys)
--key     the notary's public key alone; enough for a ledger
Exit codes: 0 it holds, 1 it does not, 2 the command or the file is not right.
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
    ? readTrust(trustFile)
    : key
      ? { notaryKeys: [Buffer.from(key, 'base64')], issuers: [] }
      : undefined;
  return (await beginsAVersion(file)) ? version(file, trust) : ledger(file, trust);
}

async function beginsAVersion(file: string): Promise<boolean> {
  for await (const chunk of fs.createReadStream(file, { end: 200 })) return String(chunk).includes(VERSION_FORMAT);
  return false;
}

async function version(file: string, trust: Trust | undefined): Promise<number> {
  const parsed = versionFileSchema.safeParse(JSON.parse(fs.readFileSync(file, 'utf8')));
  if (!parsed.success) return fail(`this is not an exported version: ${parsed.error.message}`);
  if (!trust || trust.issuers.length === 0)
    return fail('a version needs --trust: who approved it is proven by tokens of the identity provider');
  const verdict = await verifyVersionFile(parsed.data, trust);
  for (const text of verdict.statements) process.stdout.write(`${text}\n`);
  for (const text of verdict.problems) process.stdout.write(`PROBLEM: ${text}\n`);
  process.stdout.write(
    verdict.problems.length === 0
      ? `Version ${verdict.versionId} holds: bundle, ${verdict.statements.length} signed statements, ${verdict.entries} ledger entries.\n`
      : `VERSION ${verdict.versionId} DOES NOT HOLD\n`,
  );
  return verdict.problems.length === 0 ? 0 : 1;
}

async function ledger(file: string, trust: Trust | undefined): Promise<number> {
  let verifier: ExportVerifier | undefined;
  for await (const line of linesOf(fs.createReadStream(file, { highWaterMark: 1 << 20 }))) {
    if (!verifier) {
      const named = (JSON.parse(line.toString()) as ExportHeader).keys ?? [];
      if (!trust)
        process.stdout.write(
          `No key was given: believing ${named.join(', ')}, which the file itself names. Compare it with the key you know.\n`,
        );
      verifier = new ExportVerifier(trust?.notaryKeys ?? named.map((text) => Buffer.from(text, 'base64')));
    }
    verifier.line(line);
  }
  if (!verifier) return fail('the file is empty');
  const verdict = verifier.end();
  for (const { entry, problem } of verdict.problems) process.stdout.write(`PROBLEM at entry ${entry}: ${problem}\n`);
  process.stdout.write(
    verdict.problems.length === 0
      ? `The ledger holds: ${verdict.entries} entries, root ${verdict.root}\n${verdict.anchored} anchored by ${verdict.checkpoints} signed checkpoints, the last of ${verdict.lastCheckpoint ?? 'none'}; ${verdict.entries - verdict.anchored} not yet anchored\n`
      : 'THE LEDGER DOES NOT HOLD\n',
  );
  return verdict.problems.length === 0 ? 0 : 1;
}

function fail(text: string): number {
  process.stderr.write(`${text}\n`);
  return 2;
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: Error) => (process.exitCode = fail(error.message)),
);
