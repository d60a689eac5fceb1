// Jest 30 loads ESM-only packages only under an experimental flag of Node. The environment outside its sandbox needs no
// flag, and hands this package in.
module.exports = globalThis.__jose;
