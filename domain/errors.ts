import type { FailureType } from './failure-types';

/** An error for a person: what went wrong, with which value, what was expected, and what to do next. */
export class UtplukkError extends Error {
  constructor(
    readonly type: FailureType,
    message: string,
    readonly next?: string,
  ) {
    super(message);
    this.name = type;
  }
}

export const invalid = (message: string, next?: string) => new UtplukkError('InvalidInput', message, next);
export const notFound = (message: string, next?: string) => new UtplukkError('NotFound', message, next);
export const notAllowed = (message: string, next?: string) => new UtplukkError('NotAllowed', message, next);
export const conflict = (message: string, next?: string) => new UtplukkError('Conflict', message, next);
export const mismatch = (message: string, next?: string) => new UtplukkError('ContentMismatch', message, next);
