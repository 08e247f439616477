/** The stretch of time that all lanes show, and how it zooms and moves. */

import { clamp } from "./search";
import { Signal } from "./signal";

export interface Window {
  start: number;
  end: number;
}

export class TimeView {
  readonly window: Signal<Window>;

  constructor(readonly duration_s: number, readonly shortest_s = 1) {
    this.window = new Signal({ start: 0, end: duration_s });
  }

  get span(): number {
    return this.window.value.end - this.window.value.start;
  }

  set(start: number, end: number): void {
    const span = clamp(end - start, Math.min(this.shortest_s, this.duration_s), this.duration_s);
    const from = clamp(start, 0, this.duration_s - span);
    const { start: s, end: e } = this.window.value;
    if (Math.abs(s - from) < 1e-9 && Math.abs(e - from - span) < 1e-9) return;
    this.window.set({ start: from, end: from + span });
  }

  /** Make the shown stretch `factor` times as long, keeping `anchor_s` where it is. */
  zoom(factor: number, anchor_s: number): void {
    const { start } = this.window.value;
    const span = clamp(this.span * factor, Math.min(this.shortest_s, this.duration_s), this.duration_s);
    const place = (anchor_s - start) / this.span;
    this.set(anchor_s - place * span, anchor_s + (1 - place) * span);
  }

  pan(by_s: number): void {
    const { start, end } = this.window.value;
    const from = clamp(start + by_s, 0, this.duration_s - (end - start));
    this.set(from, from + (end - start));
  }

  fit(): void {
    this.set(0, this.duration_s);
  }

  /** Turn the page if the moment is out of sight. */
  follow(time_s: number): void {
    const { start, end } = this.window.value;
    const span = end - start;
    if (time_s < start || time_s > end) this.set(time_s - span * 0.06, time_s + span * 0.94);
    else if (time_s > end - span * 0.04 && end < this.duration_s) this.set(time_s - span * 0.06, time_s + span * 0.94);
  }

  /** Show a whole stretch, with some room, zooming out only if it must. */
  show(from_s: number, to_s: number): void {
    const { start, end } = this.window.value;
    if (from_s >= start && to_s <= end) return;
    const span = Math.max(this.span, (to_s - from_s) * 1.15);
    const room = (span - (to_s - from_s)) / 2;
    this.set(from_s - room, from_s - room + span);
  }
}

/** Pixels from seconds and back, for one painting. */
export interface Scale {
  start: number;
  end: number;
  width: number;
  x(time_s: number): number;
  t(x: number): number;
}

export function scaleOf({ start, end }: Window, width: number): Scale {
  const k = width / (end - start);
  return { start, end, width, x: (time_s) => (time_s - start) * k, t: (x) => start + x / k };
}
