// Jest runs tests in a realm of its own, whose typed arrays differ from those the native addon makes; TensorFlow.js
// compares them by instanceof. This environment hands the outer ones in, and sets what every computing process sets.
const { TestEnvironment } = require('jest-environment-node');

const SHARED = [
  ArrayBuffer,
  Float32Array,
  Float64Array,
  Int8Array,
  Int16Array,
  Int32Array,
  Uint8Array,
  Uint8ClampedArray,
  Uint16Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
];

module.exports = class TfjsEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    for (const type of SHARED) this.global[type.name] = type;
    this.global.__jose = require('jose');
    Object.assign(process.env, {
      TF_CPP_MIN_LOG_LEVEL: '2',
      TF_NUM_INTRAOP_THREADS: '1',
      TF_NUM_INTEROP_THREADS: '1',
      TF_ENABLE_ONEDNN_OPTS: '1',
      ONEDNN_MAX_CPU_ISA: 'AVX2',
    });
  }
};
