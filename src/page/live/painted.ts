import { useEffect } from 'preact/hooks';
import { afterPaint } from './frames.ts';

/** Marks the moment at which a view is first on the screen with what it shows, as `kedro-temporal:painted`. */
export function usePainted(isReady: boolean): void {
  useEffect(() => {
    if (isReady) afterPaint(() => performance.mark('kedro-temporal:painted'));
  }, [isReady]);
}
