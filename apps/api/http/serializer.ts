import type { FastifySerializerCompiler } from 'fastify/types/schema';
import type { z } from 'zod';

/**
 * Answers go out through their schema: Dates become text, what the schema does not name stays in, and an answer that does
 * not fit is our fault and never sent.
 */
export const serializeWire: FastifySerializerCompiler<z.ZodType> =
  ({ schema, method, url }) =>
  (data) => {
    const result = schema.safeParse(JSON.parse(JSON.stringify(data)));
    if (result.success) return JSON.stringify(result.data);
    throw new Error(`${method} ${url} answers outside its schema: ${result.error.message}`);
  };
