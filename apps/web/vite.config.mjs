import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = path.dirname(fileURLToPath(import.meta.url));

// The ledger's verifier runs unchanged in the browser; only node:crypto and node:buffer are replaced there.
const crypto = { 'node:crypto': path.join(here, 'src/verify/node-crypto.ts'), 'node:buffer': 'buffer/' };

export default defineConfig({
  root: here,
  resolve: { alias: crypto },
  oxc: { jsx: { runtime: 'automatic' } },
  worker: { format: 'es' },
  build: {
    outDir: path.join(here, '../../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      onwarn(warning) {
        // Libraries carry directives for server-side rendering, which has no meaning here. Any other warning is an
        // error.
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') throw new Error(warning.message);
      },
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(
      ['/v1', '/auth', '/health'].map((at) => [at, process.env.UTPLUKK_API ?? 'http://127.0.0.1:8080']),
    ),
  },
});
