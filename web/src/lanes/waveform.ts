/** A waveform from min/max peaks. */

import { peaksOf } from "../core/data";
import type { Scale } from "../core/timeview";
import type { Track } from "../song";

export class Peaks {
  readonly per_s: number;
  private pairs: Int8Array;
  readonly loudest: number;

  constructor(track: Track | null) {
    this.per_s = track?.peaks.per_s ?? 1;
    this.pairs = peaksOf(track?.peaks.values ?? "");
    let loudest = 1;
    for (const value of this.pairs) loudest = Math.max(loudest, Math.abs(value));
    this.loudest = loudest;
  }

  /** Lowest and highest value between two times, in [-1, 1] of full scale. */
  between(from_s: number, to_s: number): [number, number] {
    const count = this.pairs.length / 2;
    const first = Math.max(0, Math.floor(from_s * this.per_s));
    const last = Math.min(count, Math.max(first + 1, Math.ceil(to_s * this.per_s)));
    let low = 0;
    let high = 0;
    for (let i = first; i < last; i++) {
      if (this.pairs[2 * i] < low) low = this.pairs[2 * i];
      if (this.pairs[2 * i + 1] > high) high = this.pairs[2 * i + 1];
    }
    return [low / 127, high / 127];
  }
}

/** Draw as one filled shape; `full` is the peak that reaches the edge. */
export function paintWave(
  context: CanvasRenderingContext2D,
  peaks: Peaks,
  scale: Scale,
  height: number,
  { from_s = scale.start, to_s = scale.end, full = 1 } = {},
): void {
  const left = Math.max(0, Math.floor(scale.x(from_s)));
  const right = Math.min(scale.width, Math.ceil(scale.x(to_s)));
  const middle = height / 2;
  const reach = (middle - 1) / full;
  const step = scale.width > 600 ? 1 : 0.5;
  const lows: number[] = [];
  context.beginPath();
  for (let x = left; x < right; x += step) {
    const [low, high] = peaks.between(scale.t(x), scale.t(x + step));
    context.lineTo(x, middle - Math.max(0.4, high * reach));
    lows.push(low);
  }
  for (let i = lows.length - 1; i >= 0; i--) context.lineTo(left + i * step, middle - Math.min(-0.4, lows[i] * reach));
  context.closePath();
  context.fill();
}
