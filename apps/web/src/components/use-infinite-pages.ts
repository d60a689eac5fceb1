import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback } from 'react';

/** Pages of a list, one after the other, as one row of rows. */
export function usePages<T>(
  key: readonly unknown[],
  ask: (cursor: string | undefined) => Promise<{ rows: T[]; next: string | null }>,
  enabled = true,
) {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => ask(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    enabled,
  });
  const { fetchNextPage, hasNextPage, isFetching } = query;
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  return {
    query,
    rows: query.data?.pages.flatMap((page) => page.rows) ?? [],
    more: hasNextPage ? more : undefined,
    busy: isFetching,
  };
}
