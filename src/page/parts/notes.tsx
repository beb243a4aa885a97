/** What stands in the place of something: that it is loading, that there is none and how to get it, why it failed. */
import type { ComponentChildren } from 'preact';
import type { RequestError } from '../live/requests.ts';
import type { Known } from '../live/store.ts';

/** An error with its code, read out when it comes. */
export function ErrorNote({ code, message }: { code: string; message: string }) {
  return (
    <div class="note error" role="alert">
      <code>{code}</code> {message}
    </div>
  );
}

/** Nothing there: what would be, and what to type. */
export function Empty({ children, type }: { children: ComponentChildren; type?: string }) {
  return (
    <div class="note empty">
      <p>{children}</p>
      {type === undefined ? null : <pre class="type">{type}</pre>}
    </div>
  );
}

export function Loading({ what }: { what: string }) {
  return <p class="loading">Loading {what} …</p>;
}

interface ReadyProps<T> {
  known: Known<T>;
  what: string;
  children: (value: T) => ComponentChildren;
  /** In place of an error; undefined shows the error. */
  onError?: (error: RequestError) => ComponentChildren;
}

/** What is known of a topic, once something is: an error beside an older value hides nothing. */
export function Ready<T>({ known: { value, error }, what, children, onError }: ReadyProps<T>) {
  // The head says that the endpoint is away: once is enough, where there is something to show.
  const isShown = error !== undefined && (value === undefined || error.status !== 0);
  const note = isShown ? (onError?.(error) ?? <ErrorNote code={error.code} message={error.message} />) : null;
  if (value === undefined) return <>{note ?? <Loading what={what} />}</>;
  return (
    <>
      {note}
      {children(value)}
    </>
  );
}
