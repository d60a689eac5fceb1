import fs from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

interface InlineScripts {
  /** Hashes of the scripts that the built pages carry inline, as a content security policy names them. */
  readonly scriptSrc: readonly string[];
}

/**
 * The content security policy of the documentation: that of the application, and the inline scripts of its own pages.
 */
function policyOf(folder: string, policy: Readonly<Record<string, readonly string[] | null>>): string {
  const file = path.join(folder, 'csp-hashes.json');
  const { scriptSrc } = JSON.parse(fs.readFileSync(file, 'utf8')) as InlineScripts;
  return Object.entries(policy)
    .flatMap(([directive, sources]) => {
      if (sources === null) return [];
      const name = directive.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      return [[name, ...sources, ...(directive === 'scriptSrc' ? scriptSrc : [])].join(' ')];
    })
    .join(';');
}

/**
 * Serves the documentation that `npm run docs` built, under /docs. It says nothing about anybody, so no sign-in is
 * asked for.
 * @param folder the built site, with `csp-hashes.json`
 * @param policy directives of the application's own content security policy
 */
export async function registerDocs(
  app: FastifyInstance,
  folder: string,
  policy: Readonly<Record<string, readonly string[] | null>>,
): Promise<void> {
  const contentSecurityPolicy = policyOf(folder, policy);
  app.get('/docs', { schema: { hide: true } }, (_request, reply) => reply.redirect('/docs/'));
  await app.register(async (docs) => {
    docs.addHook('onSend', (_request, reply, _payload, done) => {
      void reply.header('content-security-policy', contentSecurityPolicy).header('cache-control', 'no-cache');
      done();
    });
    await docs.register(fastifyStatic, { root: folder, prefix: '/docs/', decorateReply: false, index: ['index.html'] });
  });
}
