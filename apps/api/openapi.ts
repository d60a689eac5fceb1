import { IDEMPOTENCY_HEADER } from './http/idempotency';
import { CSRF_HEADER } from './http/principal';

/** Head of the OpenAPI document; the operations come from the routes, their roles from the access table. */
export const OPENAPI = {
  openapi: '3.1.0',
  info: {
    title: 'Utplukk',
    version: '1',
    description: [
      'Chooses which health providers a public payer should control after payment, and proves how every choice was made. Selected does not mean suspected.',
      `Calls carry a bearer token, or the session of a page and then, where they change something, ${CSRF_HEADER}. A POST with the header ${IDEMPOTENCY_HEADER} is done once for that key and content. Answers have an ETag. Problems are application/problem+json with a code. Lists have pages: pass \`next\` as \`cursor\`.`,
    ].join('\n\n'),
  },
  servers: [{ url: '/' }],
  components: {
    securitySchemes: {
      bearer: { type: 'http' as const, scheme: 'bearer', bearerFormat: 'JWT' },
      session: { type: 'apiKey' as const, in: 'cookie' as const, name: 'utplukk_session' },
    },
  },
};
