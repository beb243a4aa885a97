import { useEffect, useRef, useState } from 'preact/hooks';
import { useLive } from '../live/hooks.ts';
import { ask, type Method, type RequestError } from '../live/requests.ts';

interface Controls {
  /** The control that waits for its answer. */
  busy: string | undefined;
  /** Why the last one failed. */
  error: RequestError | undefined;
  /** Asks for one; its answer becomes the newest value of the topic. */
  send(name: string, method: Method, path: string, body?: unknown): Promise<void>;
}

/** Controls of what a topic shows: one at a time, with its error until the next one. */
export function useControls(topic: string): Controls {
  const live = useLive();
  const [busy, setBusy] = useState<string>();
  const [error, setError] = useState<RequestError>();
  const isShown = useRef(true);
  useEffect(
    () => () => {
      isShown.current = false;
    },
    [],
  );
  const settle = (failure: RequestError | undefined) => {
    if (failure?.status === 401) live.lock();
    if (!isShown.current) return;
    setBusy(undefined);
    setError(failure);
  };
  const send = async (name: string, method: Method, path: string, body?: unknown) => {
    setBusy(name);
    setError(undefined);
    await ask<unknown>(method, path, body).then(
      (answer) => {
        if (method === 'POST') live.put(topic, answer);
        settle(undefined);
      },
      (failure: RequestError) => settle(failure),
    );
  };
  return { busy, error, send };
}
