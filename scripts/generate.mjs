// npm run generate: writes what is made from the sources and committed; with --check, fails when any was out of date.
import { generate } from './lib/generate.mjs';
import { main } from './lib/runtime.mjs';

await main(() => generate({ check: process.argv.includes('--check') }));
