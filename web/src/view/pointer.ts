/** A pointer on a box that shows time: click to seek, drag to move or to choose, wheel and pinch to zoom. */

import { scaleOf, type TimeView } from "../core/timeview";

export interface PointerActions {
  click(time_s: number, y: number): void;
  twice?(time_s: number, y: number): void;
  choose(from_s: number, to_s: number): void;
  hover?(time_s: number | null, y: number): void;
  /** Does a drag from here choose a stretch (else it moves the view)? */
  choosing(y: number): boolean;
}

const STILL_PX = 4;

export function followPointer(box: HTMLElement, view: TimeView, actions: PointerActions): void {
  const down = new Map<number, PointerEvent>();
  let from: { x: number; y: number; t: number; start: number } | null = null;
  let moved = false;
  let apart = 0;

  const at = (event: PointerEvent | MouseEvent) => {
    const rect = box.getBoundingClientRect();
    const x = event.clientX - rect.left;
    return { x, y: event.clientY - rect.top, t: scaleOf(view.window.value, rect.width).t(x), width: rect.width };
  };

  box.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    down.set(event.pointerId, event);
    if (down.size === 1) {
      const { x, y, t } = at(event);
      from = { x, y, t, start: view.window.value.start };
      moved = false;
    } else apart = 0;
  });

  box.addEventListener("pointermove", (event) => {
    if (!down.has(event.pointerId)) {
      const { t, y } = at(event);
      actions.hover?.(t, y);
      return;
    }
    down.set(event.pointerId, event);
    if (down.size === 2) return pinch();
    if (!from) return;
    const { x, t, width } = at(event);
    if (!moved && Math.abs(x - from.x) < STILL_PX) return;
    if (!moved) box.setPointerCapture(event.pointerId);
    moved = true;
    if (actions.choosing(from.y)) actions.choose(Math.min(from.t, t), Math.max(from.t, t));
    else {
      const start = from.start - ((x - from.x) / width) * view.span;
      view.set(start, start + view.span);
    }
  });

  const pinch = () => {
    const [a, b] = [...down.values()];
    const gap = Math.max(20, Math.abs(a.clientX - b.clientX));
    if (apart) {
      const middle = (a.clientX + b.clientX) / 2 - box.getBoundingClientRect().left;
      view.zoom(apart / gap, scaleOf(view.window.value, box.clientWidth).t(middle));
    }
    apart = gap;
    moved = true;
  };

  const up = (event: PointerEvent) => {
    const known = down.delete(event.pointerId);
    if (!known || down.size) return;
    if (event.type === "pointerup" && from && !moved) actions.click(from.t, from.y);
    from = null;
  };
  box.addEventListener("pointerup", up);
  box.addEventListener("pointercancel", up);
  box.addEventListener("pointerleave", () => actions.hover?.(null, 0));
  box.addEventListener("dblclick", (event) => {
    const { t, y } = at(event);
    actions.twice?.(t, y);
  });

  box.addEventListener(
    "wheel",
    (event) => {
      const { t } = at(event);
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        view.zoom(Math.exp(event.deltaY * 0.004), t);
      } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault();
        view.pan(((event.deltaX || event.deltaY) / box.clientWidth) * view.span);
      }
    },
    { passive: false },
  );
}
