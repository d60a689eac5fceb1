/** A champion is champion of a slot: a purpose and a group of providers. Its text form keys aliases, lists and schedules. */
export interface Slot {
  readonly purpose: string;
  readonly segment: string;
}
export const slotKey = (slot: Slot): string => `${slot.purpose}/${slot.segment}`;
/** MLflow and Temporal ids dislike the slash. */
export const slotName = (key: string): string => key.replaceAll('/', '.');
