import { build } from './lib/build.mjs';
import { main } from './lib/runtime.mjs';

await main(() => build());
