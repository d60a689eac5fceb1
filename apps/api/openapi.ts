import { IDEMPOTENCY_HEADER } from './http/idempotency';
import { CSRF_HEADER } from './http/principal';

/** The fixed part of the OpenAPI document; operations come from the routes, their roles from the access table. */
export const OPENAPI = {
  openapi: '3.1.0',
  info: {
    title: 'Utplukk',
    version: '1',
    description: [
      [
        'Chooses which health providers a public payer should control after payment,',
        'and proves how every choice was made.',
        'Selected does not mean suspected.',
      ].join(' '),
      [
        'Requests carry a bearer token, or the session cookie of a page;',
        `with a session, requests that change something also carry ${CSRF_HEADER}.`,
        `A POST with the header ${IDEMPOTENCY_HEADER} is done once for each key and content. Responses have an ETag.`,
        'Problems are application/problem+json with a code. Lists are paged: pass `next` as `cursor`.',
      ].join(' '),
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
