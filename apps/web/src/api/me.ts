import { useQuery } from '@tanstack/react-query';
import type { Operation } from '../../../../domain/rules/permissions';
import { answer, api } from './client';

const STALE_MS = 60_000;

/** Who is signed in, with roles and the operations of the API they may use. */
export const useMe = () =>
  useQuery({ queryKey: ['me'], queryFn: () => answer(api.GET('/v1/me')), staleTime: STALE_MS });

/** Whether the signed-in person may use an operation of the API; false until that is known. */
export const usePermission = (operation: Operation): boolean => useMe().data?.operations.includes(operation) ?? false;
