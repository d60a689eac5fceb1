/**
 * Blind assessment: of the selected providers this share is judged by a caseworker before rank, probability and reasons are
 * shown, so that what people would have thought without the model is known, and anchoring on the rank can be measured.
 * Which providers is decided by a hash of list and provider: nobody chooses, and everybody meets the same ones.
 */
export const BLIND_SHARE = 0.1;
/** The first byte of SHA-256(list/provider) lies below this. */
export const BLIND_BYTE = Math.round(BLIND_SHARE * 256);

export const ASSESSMENTS = ['control', 'no-control', 'unsure'] as const;
export type Assessment = (typeof ASSESSMENTS)[number];
