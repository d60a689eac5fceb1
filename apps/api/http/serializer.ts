import type { FastifySerializerCompiler } from 'fastify/types/schema';
import type { z } from 'zod';

/**
 * Responses are checked against their schema before they are sent: Dates become text, properties that the schema does
 * not name are dropped, and a response that does not fit is an internal error.
 */
export const serializeResponse: FastifySerializerCompiler<z.ZodType> =
  ({ schema, method, url }) =>
  (data) => {
    const result = schema.safeParse(JSON.parse(JSON.stringify(data)));
    if (result.success) return JSON.stringify(result.data);
    throw new Error(`the response of ${method} ${url} does not fit its schema: ${result.error.message}`);
  };
