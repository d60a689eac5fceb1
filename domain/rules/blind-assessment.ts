/**
 * Blind assessment: a caseworker assesses this share of the selected providers before rank, probability and reasons
 * are shown. It records what people would have thought without the model, so that anchoring on the rank can be
 * measured. A hash of list and provider decides which providers: nobody chooses, and every caseworker gets the same
 * ones.
 */
export const BLIND_SHARE = 0.1;
/** A provider is assessed blind where the first byte of SHA-256(list/provider) is below this. */
export const BLIND_BYTE = Math.round(BLIND_SHARE * 256);

export const ASSESSMENTS = ['control', 'no-control', 'unsure'] as const;
export type Assessment = (typeof ASSESSMENTS)[number];
