/** What commands and the demo use where nothing else is said. */
export const DEFAULT_SLOT = 'post-payment-control/all';
export const DEFAULT_CAPACITY = 50;
export const DEFAULT_SEED = 20250101;
export const DEFAULT_SHARDS = 4;
