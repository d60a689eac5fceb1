import fs from 'node:fs';
import path from 'node:path';
import { ACCESS, OPERATIONS } from '../../domain/rules/permissions';
import { ROLES } from '../../domain/rules/roles';
import { ROOT } from '../../platform/config/env';
import { z } from 'zod';
import { createApi } from './app';
import { Sessions } from './http/session';
import type { ApiDeps } from './deps';

const unused = undefined as never; // the documents are made from the declared routes: no handler runs
const DEPS: ApiDeps = {
  db: unused,
  databaseUrl: '',
  store: unused,
  temporal: unused,
  notary: unused,
  explanations: unused,
  refundTotals: unused,
  anchors: () => undefined,
  verify: unused,
  sessions: new Sessions(new Uint8Array(32), false, () => new Date(0)),
  oidc: { issuer: '', audience: '', webUrl: undefined, secret: undefined },
  rateLimit: 1,
  web: undefined,
  links: { temporal: undefined, mlflow: undefined },
  clock: () => new Date(0),
};
const documentSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string(), summary: z.string() }))),
});

/** Documents made from the API's routes and the access table. A test compares what is committed with them. */
export async function generated(): Promise<Record<string, string>> {
  const api = await createApi(DEPS);
  await api.ready();
  const document = documentSchema.parse(JSON.parse(JSON.stringify(api.swagger())));
  await api.close();
  return { 'docs/openapi.json': `${JSON.stringify(document, null, 1)}\n`, 'docs/access.md': accessTable(document) };
}

/** The access table as Markdown: operations by roles. */
function accessTable({ paths }: z.infer<typeof documentSchema>): string {
  const calls = new Map(
    Object.entries(paths).flatMap(([url, methods]) =>
      Object.entries(methods).map(
        ([method, { operationId, summary }]) =>
          [operationId, { call: `${method.toUpperCase()} ${url}`, summary }] as const,
      ),
    ),
  );
  const rows = OPERATIONS.map((operation) => {
    const found = calls.get(operation);
    const cells = ROLES.map((role) => ((ACCESS[operation] as readonly string[]).includes(role) ? '●' : ''));
    return `| ${[`\`${found?.call}\``, found?.summary, ...cells].join(' | ')} |`;
  });
  const head = ['call', 'what', ...ROLES];
  return `# Who may call what

Generated from \`domain/rules/permissions.ts\`, which drives the check of every call; a test tries every cell. What is
not marked is refused. No role is needed for \`GET /health\`, the pages themselves and \`/v1/openapi.json\`.

A caseworker sees the providers and lines of the provider groups that the sign-in names, and no others. Opening a
provider and reading a page of a list are entries in the ledger. \`admin\` sees no personal data and approves nothing.

| ${head.join(' | ')} |
| ${head.map(() => '---').join(' | ')} |
${rows.join('\n')}
`;
}

if (require.main === module) {
  void generated().then((files) => {
    for (const [file, text] of Object.entries(files)) fs.writeFileSync(path.join(ROOT, file), text);
  });
}
