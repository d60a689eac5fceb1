import { KEY_COLUMNS, TABLE_DESIGN } from '../schemas/matrix';

const RESERVED: ReadonlySet<string> = new Set([...KEY_COLUMNS, ...Object.values(TABLE_DESIGN), '__proto__']);

/** True for a name that columns of every matrix have, in any case, so that no column of a table can have it. */
export const isReservedColumn = (name: string): boolean => RESERVED.has(name.toLowerCase());
