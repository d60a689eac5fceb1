import { Buffer } from 'buffer/';

// The verifier's source takes Buffer from the global scope, as Node has it.
(globalThis as unknown as { Buffer: typeof Buffer }).Buffer = Buffer;
