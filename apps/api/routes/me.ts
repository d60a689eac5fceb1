import { z } from 'zod';
import { ACCESS, OPERATIONS, PURPOSES } from '../../../domain/rules/permissions';
import { route } from '../http/route';

const me = z.object({
  subject: z.string(),
  roles: z.array(z.string()),
  providerGroups: z
    .array(z.string())
    .nullable()
    .describe('provider groups that the sign-in names; null for none named'),
  operations: z.array(z.string()).describe('operations of this API that the caller may use'),
  purposes: z.array(z.enum(PURPOSES)).describe('purposes that a provider can be opened for'),
  csrf: z
    .string()
    .nullable()
    .describe(
      'token that requests of a page carry in x-utplukk-csrf when they change something; null with a bearer token',
    ),
  links: z.object({ temporal: z.string().nullable(), mlflow: z.string().nullable() }),
});

const getMe = route(
  'getMe',
  { method: 'GET', url: '/v1/me', tag: 'Access', summary: 'The caller, and what they may do', answer: me },
  ({ principal: { token, csrf } }, { links }) =>
    Promise.resolve({
      subject: token.subject,
      roles: [...token.roles],
      providerGroups: token.providerGroups ? [...token.providerGroups] : null,
      operations: OPERATIONS.filter((operation) =>
        (ACCESS[operation] as readonly string[]).some((role) => token.roles.includes(role)),
      ),
      purposes: [...PURPOSES],
      csrf: csrf ?? null,
      links: { temporal: links.temporal ?? null, mlflow: links.mlflow ?? null },
    }),
);

export const meRoutes = [getMe];
