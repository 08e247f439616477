/** Where in the metre a moment lies, from tracked beats. */

import type { Beats } from "../song";
import { lastAtMost } from "./search";

export type Counted = Pick<Beats, "time_s" | "position">;

export interface Place {
  bar: number;  // 1 is the first full bar from the start of the sound; 0 the pickup before it
  beat: number; // 1-based position in the bar
}

export class BarClock {
  time_s: number[] = [];
  bar: number[] = [];                     // bar number of every beat
  bars: { number: number; time_s: number }[] = []; // where bars start
  private position: number[] = [];

  constructor(beats: Counted) {
    this.use(beats);
  }

  /** Count by other beats from now on. */
  use(beats: Counted): void {
    this.time_s = beats.time_s;
    this.position = beats.position;
    this.bars = [];
    let number = barsBefore(beats);
    this.bar = beats.position.map((position, i) => {
      if (position === 1) this.bars.push({ number: ++number, time_s: beats.time_s[i] });
      return number;
    });
  }

  /** Whether beat `i` is the first of its bar. */
  isDown(i: number): boolean {
    return this.position[i] === 1;
  }

  /** The beat that is sounding, or null before the first. */
  at(time_s: number): Place | null {
    const i = lastAtMost(this.time_s, time_s + 1e-3);
    return i < 0 ? null : { bar: this.bar[i], beat: this.position[i] };
  }

  /** The time `step` beats away; the beat that has just begun counts as passed. */
  beatAway(time_s: number, step: number, slack_s = 0.12): number {
    return away(this.time_s, time_s, step, slack_s);
  }

  barAway(time_s: number, step: number, slack_s = 0.25): number {
    return away(this.bars.map((bar) => bar.time_s), time_s, step, slack_s);
  }

  /** Start and end of the bars that a stretch of time touches. */
  barsAround(start_s: number, bars: number, end_of_song_s: number): { start: number; end: number } {
    const i = Math.max(0, lastAtMost(this.bars.map((bar) => bar.time_s), start_s + 1e-3));
    const after = this.bars[i + bars];
    return { start: this.bars[i]?.time_s ?? 0, end: after ? after.time_s : end_of_song_s };
  }
}

/** The number of the bar that the first tracked beat is in, if it is not a downbeat: bars are counted as in the engraved scores, which go back
 * from there to the start of the sound (transcription/notation/grid.py). */
function barsBefore({ time_s, position }: Counted): number {
  const first = position.indexOf(1);
  if (first < 0 || position[0] < 1 || time_s.length < 2) return 0;
  const lead_s = median(time_s.slice(1, 9).map((time, i) => time - time_s[i]));
  const before = Math.max(0, Math.round(time_s[0] / lead_s)) + first; // beats between the start of the sound and the first downbeat
  const starts = position.flatMap((at, i) => (at === 1 ? [i] : []));
  const beats_per_bar = starts.length > 1 ? median(starts.slice(1).map((start, i) => start - starts[i])) : Math.max(...position.slice(0, 16));
  return Math.floor(before / beats_per_bar); // whole bars; what is left in front of them is a pickup
}

function median(values: number[]): number {
  const ascending = [...values].sort((a, b) => a - b);
  const middle = ascending.length >> 1;
  return ascending.length % 2 ? ascending[middle] : (ascending[middle - 1] + ascending[middle]) / 2;
}

function away(times: number[], time_s: number, step: number, slack_s: number): number {
  if (!times.length) return time_s;
  if (step > 0) return times[lastAtMost(times, time_s + 1e-3) + step] ?? Infinity;
  const here = lastAtMost(times, time_s + 1e-3);
  // shortly after a beat, "back" means the one before it; later it means its own start
  const first = here >= 0 && time_s - times[here] > slack_s ? here + 1 : here;
  return times[first + step] ?? 0;
}
