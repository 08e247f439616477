/** One row of the timeline: it paints a stretch of time, and says in words what it shows. */

import type { Scale } from "../core/timeview";
import type { Palette } from "../view/theme";

export interface LanePainting {
  context: CanvasRenderingContext2D;
  scale: Scale;
  height: number;
  palette: Palette;
}

export interface Lane {
  readonly id: string;
  readonly name: string;
  readonly height: number;      // CSS pixels
  readonly words: string;       // what a screen reader says for the picture
  paint(painting: LanePainting): void;
  /** What lies under the pointer, for the eye. */
  probe?(time_s: number, y: number): string | null;
  /** The stretch under the pointer, for a double click to loop. */
  span?(time_s: number): { start: number; end: number } | null;
  /** Only what sounds at this moment, painted over the rest while playing. */
  sounding?(painting: LanePainting, time_s: number): void;
  /** The vertical axis, left of the lane. */
  axis?(context: CanvasRenderingContext2D, width: number, height: number, palette: Palette): void;
}
