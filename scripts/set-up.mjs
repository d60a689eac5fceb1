// Installs everything that the product and its tests need, native TensorFlow too, and starts nothing.
import { bootstrap } from './lib/bootstrap.mjs';
import { main } from './lib/runtime.mjs';

await main(() => void bootstrap({ requireNative: true }));
