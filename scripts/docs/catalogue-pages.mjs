// Reference pages from the code itself: features, command line, environment and the routes of the API.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { ROOT } from '../lib/util.mjs';
import { loadProgram, loadSource } from './source.mjs';
import { escapeTags, table } from './write.mjs';

const require = createRequire(import.meta.url);

const SOURCES = {
  bills: 'Bills',
  days: 'Days of practice',
  patients: 'Patients',
  tariffs: 'Tariffs',
  rules: 'Rule engine',
  prescriptions: 'Prescriptions',
  register: 'Register',
  network: 'Network',
};

export async function featuresPage(pages) {
  const { FEATURES } = loadSource('domain/features/catalogue.ts');
  const unit = ({ peer, declaration }) => (peer === 'z' ? 'deviations' : peer === 'pct' ? 'share' : declaration.unit);
  const meaning = ({ peer, months, declaration }) => {
    const over = months === undefined ? '' : `, ${months} ${months === 1 ? 'month' : 'months'}`;
    const against = peer === 'z' ? ', robust z-score among peers' : peer === 'pct' ? ', rank among peers' : '';
    return `${declaration.en}${over}${against}`;
  };
  const sections = Object.entries(SOURCES).flatMap(([source, title]) => {
    const rows = FEATURES.filter(({ declaration }) => declaration.source === source);
    if (rows.length === 0) return [];
    const lines = rows.map((row) => [`\`${row.name}\``, unit(row), meaning(row), row.declaration.purpose]);
    return [`## ${title}\n\n${table(['column', 'unit', 'meaning', 'purpose'], lines)}`];
  });
  const about =
    `${FEATURES.length} columns, from the declarations in \`domain/features/catalogue.ts\`. A name ends with its ` +
    `window in months (\`_12m\`), and with \`_z\` or \`_pct\` where it is compared with providers of the same ` +
    `practice type at the same date. Everything rests on what was known before the as-of date.`;
  await pages.page('docs/reference/features.md', `# Features\n\n${about}\n\n${sections.join('\n\n')}\n`);
}

function commandText(command, path) {
  const args = command.registeredArguments.map((arg) => (arg.required ? `<${arg.name()}>` : `[${arg.name()}]`));
  const rows = [
    ...command.registeredArguments.map((arg) => [
      `\`${arg.required ? `<${arg.name()}>` : `[${arg.name()}]`}\``,
      arg.description,
      '',
    ]),
    ...command.options
      .filter(({ hidden, long }) => !hidden && long !== '--json')
      .map(({ flags, description, defaultValue, mandatory }) => [
        `\`${flags}\``,
        description,
        mandatory ? 'required' : defaultValue === undefined || defaultValue === false ? '' : `\`${defaultValue}\``,
      ]),
  ];
  const head = `### \`utplukk ${[...path, ...args].join(' ')}\`\n\n${sentence(command.description())}`;
  return rows.length === 0 ? head : `${head}\n\n${table(['argument or option', 'meaning', 'default'], rows)}`;
}

const sentence = (text) => {
  const clean = escapeTags(text).trim();
  return clean === '' ? '' : `${clean[0].toUpperCase()}${clean.slice(1)}${clean.endsWith('.') ? '' : '.'}`;
};

const leaves = (command, path) =>
  command.commands.length === 0
    ? [[command, path]]
    : command.commands.flatMap((child) => leaves(child, [...path, child.name()]));

export async function cliPage(pages) {
  const program = loadProgram();
  const sections = program.commands.map((command) => {
    const texts = leaves(command, [command.name()]).map(([leaf, path]) => commandText(leaf, path));
    return `## ${command.name()}\n\n${texts.join('\n\n')}`;
  });
  const about =
    'Run it as `npx utplukk` in the project, or as `utplukk` where it is installed. Every command has `--help` with ' +
    'an example and `--json` for machine-readable output. It reads with the rights of whoever is signed in ' +
    '(`utplukk login`), as the pages do. Exit codes: 0 done, 1 internal error, 2 bad input, 3 not allowed, ' +
    '4 not found or wrong state, 5 a server or part is missing.';
  await pages.page('docs/reference/cli.md', `# Command line\n\n${about}\n\n${sections.join('\n\n')}\n`);
}

/** Keys of the environment's schema, with the comment that stands above each. */
function declaredVariables() {
  const ts = require('typescript');
  const file = path.join(ROOT, 'platform/config/env.ts');
  const text = fs.readFileSync(file, 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node) => {
    if (ts.isPropertyAssignment(node) && /^[A-Z][A-Z_]+$/.test(node.name.getText(source))) {
      const comments = ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [];
      const meaning = comments
        .map(({ pos, end }) => text.slice(pos, end).replaceAll(/^\/\*\*?|\*\/$|^\s*\*/gm, ''))
        .join(' ');
      const value = node.initializer.getText(source);
      const [, quoted, plain] = /\.default\((?:'([^']*)'|([\w.]+))\)/.exec(value) ?? [];
      const fallback = quoted ?? plain;
      found.push({
        name: node.name.getText(source),
        meaning: meaning.trim(),
        fallback,
        optional: /\.optional\(\)/.test(value),
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Variables of .env.example with the comment right above each, and an example value. */
function exampleVariables() {
  const text = fs.readFileSync(path.join(ROOT, '.env.example'), 'utf8');
  const found = text.matchAll(/((?:^# .*\n)*)^([A-Z][A-Z_]+)=(.*)$/gm);
  return new Map(
    [...found].map(([, comment, name, example]) => [
      name,
      { meaning: comment.replaceAll(/^# /gm, '').replaceAll('\n', ' ').trim(), example },
    ]),
  );
}

export async function environmentPage(pages) {
  const declared = declaredVariables();
  const examples = exampleVariables();
  const row = ({ name, meaning, fallback, optional }) => [
    `\`${name}\``,
    fallback !== undefined ? `\`${fallback}\`` : optional ? '' : 'required',
    examples.get(name)?.meaning || meaning,
    examples.get(name)?.example ? `\`${examples.get(name).example}\`` : '',
  ];
  const others = [...examples].filter(([name]) => !declared.some((one) => one.name === name));
  const text = `# Environment variables

Generated from \`platform/config/env.ts\` and \`.env.example\`. \`npm start\` writes what it started to \`env.json\` in
\`UTPLUKK_HOME\`; a variable that is set wins over it, and a server whose address is set is not started.

## Read by every server process

${table(['variable', 'default', 'meaning', 'example'], declared.map(row))}

## Read by migrations, Compose and service accounts

${table(
  ['variable', 'meaning', 'example'],
  others.map(([name, { meaning, example }]) => [`\`${name}\``, meaning, example ? `\`${example}\`` : '']),
)}
`;
  await pages.page('docs/reference/environment.md', text);
}

export async function apiPage(pages) {
  const { paths, tags } = JSON.parse(fs.readFileSync(path.join(ROOT, 'docs/openapi.json'), 'utf8'));
  const operations = Object.entries(paths).flatMap(([route, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ route, method, ...operation })),
  );
  const names = tags?.map(({ name }) => name) ?? [...new Set(operations.map(({ tags: [tag] = ['other'] }) => tag))];
  const sections = names.map((name) => {
    const rows = operations
      .filter(({ tags: [tag] = ['other'] }) => tag === name)
      .map(({ route, method, summary }) => [`\`${method.toUpperCase()} ${route}\``, summary]);
    return rows.length === 0 ? '' : `## ${name}\n\n${table(['call', 'what it does'], rows)}`;
  });
  const text = `# API

The API is described by \`docs/openapi.json\` (OpenAPI 3.1). Who may call what stands in the
[access table](../access.md). Errors are problem documents (RFC 9457) with a code. Lists have pages by key;
a POST with \`Idempotency-Key\` is done once.

## Try it

Choose a call, fill in its parameters and send it. Where the API serves this page, you call as whoever is signed in
on the pages, with their rights, and the access log notes it. Elsewhere the form shows what a call looks like.

<ApiExplorer />

${sections.join('\n\n')}
`;
  await pages.page('docs/reference/api.md', text);
}
