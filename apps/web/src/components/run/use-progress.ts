import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Run } from '../../api/client';

/** What the event stream of a run reports. */
export interface Progress {
  readonly state: Run['state'];
  readonly step: string | null;
  readonly done: number;
  readonly total: number;
  readonly folds: readonly { readonly fold: string; readonly family: string }[];
}

/** The latest progress of a running run (server-sent events); the stream ends with the run. */
export function useProgress(runId: string, running: boolean): Progress | undefined {
  const queryClient = useQueryClient();
  const [progress, setProgress] = useState<Progress>();
  useEffect(() => {
    if (!running) return;
    const source = new EventSource(`/v1/training-runs/${runId}/events`);
    source.addEventListener('progress', (event: MessageEvent<string>) => {
      const latest = JSON.parse(event.data) as Progress;
      setProgress(latest);
      if (latest.state !== 'running') {
        source.close();
        void queryClient.invalidateQueries({ queryKey: ['run', runId] });
      }
    });
    return () => source.close();
  }, [runId, running, queryClient]);
  return progress;
}
