/** The store as components use it: each is rendered again when its own topic changes, and for nothing else. */
import { createContext } from 'preact';
import { useContext, useEffect, useReducer, useState } from 'preact/hooks';
import { ask, type RequestError } from './requests.ts';
import { type Connection, type Known, LiveStore } from './store.ts';

export const LiveContext = createContext(new LiveStore());

export function useLive(): LiveStore {
  return useContext(LiveContext);
}

/** What is known of a topic, followed while the component is shown; nothing is asked for `undefined`. */
export function useTopic<T>(topic: string | undefined): Known<T> {
  const live = useLive();
  const [, render] = useReducer((count: number) => count + 1, 0);
  useEffect(() => (topic === undefined ? undefined : live.follow(topic, () => render(undefined))), [live, topic]);
  return topic === undefined ? {} : live.known<T>(topic);
}

export function useConnection(): Connection {
  const live = useLive();
  const [, render] = useReducer((count: number) => count + 1, 0);
  useEffect(() => live.onConnection(() => render(undefined)), [live]);
  return live.connection;
}

/** The answer of a path that is no topic, asked once, and again by `again`. */
export function useAnswer<T>(path: string): Known<T> & { isAsking: boolean; again: () => void } {
  const [known, setKnown] = useState<Known<T>>({});
  const [asked, again] = useReducer((count: number) => count + 1, 0);
  const [answered, setAnswered] = useState(-1);
  const live = useLive();
  const isLocked = useConnection() === 'locked';
  useEffect(() => {
    let isShown = !isLocked;
    if (isLocked) return;
    ask<T>('GET', path).then(
      (value) => {
        if (isShown) setKnown({ value });
        if (isShown) setAnswered(asked);
      },
      (error: RequestError) => {
        if (error.status === 401) live.lock();
        else if (isShown) setKnown((before) => ({ ...before, error }));
        if (isShown) setAnswered(asked);
      },
    );
    return () => {
      isShown = false;
    };
  }, [live, path, asked, isLocked]);
  return { ...known, isAsking: answered !== asked, again: () => again(undefined) };
}
