import { parseInstant } from '../../domain/time/civil-time';

/** Instant at which a civil day starts in Norway, as the UTC text of a DuckDB timestamp. */
export const startOfDay = (day: string): string =>
  new Date(parseInstant(`${day}T00:00:00`)!).toISOString().replace('T', ' ').replace('Z', '');
