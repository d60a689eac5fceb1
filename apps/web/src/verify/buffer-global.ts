import { Buffer } from 'buffer/';

// The verifier's source uses the global Buffer of Node.
Object.assign(globalThis, { Buffer });
