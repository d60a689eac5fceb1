import { Buffer } from 'buffer/';

// The verifier's source takes Buffer from the global scope, as Node has it.
Object.assign(globalThis, { Buffer });
