// Jest 30 on Node 20 cannot load ESM-only packages; the environment outside its sandbox can, and hands this one in.
module.exports = globalThis.__jose;
