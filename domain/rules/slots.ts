/** A deployment slot: a purpose and a segment of providers. Each slot has at most one live version, its champion. */
export interface Slot {
  readonly purpose: string;
  readonly segment: string;
}

/** Text form of a slot; it keys champions, lists and schedules. */
export const slotKey = (slot: Slot): string => `${slot.purpose}/${slot.segment}`;

/** The key as MLflow aliases and Temporal ids take it: without a slash. */
export const slotName = (key: string): string => key.replaceAll('/', '.');
