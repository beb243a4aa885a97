import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';

const A_MOVE = 4;

/** Lets a mouse drag what scrolls in `frame`, and the wheel zoom it while Ctrl is held, as a pinch on a touchpad does. */
export function usePanning(frame: RefObject<HTMLElement | null>, onZoom: (by: number) => void): void {
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    let from: { x: number; y: number; left: number; top: number } | undefined;
    const start = (event: PointerEvent) => {
      if (event.pointerType !== 'mouse' || event.button !== 0) return;
      from = { x: event.clientX, y: event.clientY, left: element.scrollLeft, top: element.scrollTop };
    };
    const move = (event: PointerEvent) => {
      if (from === undefined) return;
      const [x, y] = [event.clientX - from.x, event.clientY - from.y];
      // A click with an unsteady hand is a click.
      if (Math.hypot(x, y) < A_MOVE) return;
      element.setPointerCapture(event.pointerId);
      element.scrollTo(from.left - x, from.top - y);
    };
    const end = () => {
      from = undefined;
    };
    const zoom = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      onZoom(event.deltaY < 0 ? 1 : -1);
    };
    element.addEventListener('pointerdown', start);
    element.addEventListener('pointermove', move);
    element.addEventListener('pointerup', end);
    element.addEventListener('pointercancel', end);
    element.addEventListener('wheel', zoom, { passive: false });
    return () => {
      element.removeEventListener('pointerdown', start);
      element.removeEventListener('pointermove', move);
      element.removeEventListener('pointerup', end);
      element.removeEventListener('pointercancel', end);
      element.removeEventListener('wheel', zoom);
    };
  }, []);
}
