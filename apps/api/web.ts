import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { notFoundProblem } from './http/problems';

const YEAR_SECONDS = 31_536_000;

/** Serves the built pages: assets named by their content are cached for good, the page itself is revalidated. */
export async function registerWeb(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: folder,
    wildcard: false,
    index: ['index.html'],
    cacheControl: false,
    setHeaders: (reply, file) =>
      void reply.setHeader(
        'cache-control',
        file.includes(`${path.sep}assets${path.sep}`) ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache',
      ),
  });
  // A page has an address that only the application in the browser knows: it is served for all of them.
  app.setNotFoundHandler((request, reply) => {
    const page =
      request.method === 'GET' &&
      !request.url.startsWith('/v1/') &&
      !request.url.startsWith('/assets/') &&
      String(request.headers.accept ?? '').includes('text/html');
    return page ? reply.header('cache-control', 'no-cache').sendFile('index.html') : notFoundProblem(request, reply);
  });
}
