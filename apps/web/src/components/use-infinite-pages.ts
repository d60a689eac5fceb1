import { useInfiniteQuery, type UseQueryResult } from '@tanstack/react-query';
import { useCallback } from 'react';

export interface InfinitePages<T> {
  readonly query: Pick<UseQueryResult, 'data' | 'isError' | 'error'> & { readonly refetch: () => Promise<unknown> };
  readonly rows: readonly T[];
  /** Fetches the next page; undefined at the end of the list. */
  readonly more: (() => void) | undefined;
  readonly busy: boolean;
}

/** Rows of a paged list, fetched a page at a time by cursor. */
export function useInfinitePages<T>(
  key: readonly unknown[],
  fetchPage: (cursor: string | undefined) => Promise<{ rows: T[]; next: string | null }>,
): InfinitePages<T> {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => fetchPage(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
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
