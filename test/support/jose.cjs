// Jest 30 loads ESM-only packages under an experimental flag of Node alone; the environment outside its sandbox can, and hands this one in.
module.exports = globalThis.__jose;
