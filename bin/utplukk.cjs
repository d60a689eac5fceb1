#!/usr/bin/env node
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const entry = path.join(__dirname, '../dist/apps/cli/main.js');

async function start() {
  if (!fs.existsSync(entry)) {
    process.stderr.write('The project is not built yet. Run `npm start` once, or `npm run build` after `npm ci`.\n');
    process.exit(5);
  }
  const { onPinnedNode } = await import('../scripts/lib/runtime.mjs');
  const code = await onPinnedNode();
  if (code === undefined) require(entry);
  else process.exitCode = code;
}

start().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 5;
});
