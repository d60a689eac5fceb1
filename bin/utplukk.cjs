#!/usr/bin/env node
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const entry = path.join(__dirname, '../dist/apps/cli/main.js');
if (!fs.existsSync(entry)) {
  process.stderr.write('The project is not built yet. Run `npm start` once, or `npm run build` after `npm ci`.\n');
  process.exit(5);
}
require(entry);
