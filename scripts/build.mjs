import { build } from './lib/build.mjs';
import { main } from './lib/util.mjs';

await main(() => build());
