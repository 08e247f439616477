/** The spectrogram's tiles: decoded when first needed, coloured for the theme, drawn at any zoom. */

import type { Spectrogram } from "../song";
import type { Scale } from "../core/timeview";
import { coloured, greyOf, type Grey } from "../view/grey";
import type { Palette } from "../view/theme";

type Stop = [at: number, r: number, g: number, b: number, alpha: number];

// quiet is paper, loud is ink; between them a warm grey, so that notes keep the colours for themselves
const ON_LIGHT: Stop[] = [[0, 120, 116, 108, 0], [0.4, 120, 116, 108, 0.05], [0.72, 104, 101, 95, 0.26], [1, 62, 60, 56, 0.66]];
const ON_DARK: Stop[] = [[0, 120, 118, 112, 0], [0.4, 120, 118, 112, 0.07], [0.72, 160, 157, 150, 0.28], [1, 226, 222, 212, 0.66]];

function ramp(stops: Stop[]): Uint8ClampedArray {
  const table = new Uint8ClampedArray(256 * 4);
  for (let v = 0; v < 256; v++) {
    const x = v / 255;
    const k = Math.max(1, stops.findIndex((stop) => stop[0] >= x));
    const [a, b] = [stops[k - 1], stops[k]];
    const u = (x - a[0]) / (b[0] - a[0]);
    for (let c = 0; c < 4; c++) {
      const value = a[c + 1] + u * (b[c + 1] - a[c + 1]);
      table[4 * v + c] = c === 3 ? value * 255 : value;
    }
  }
  return table;
}

interface Tile {
  start_s: number;
  end_s: number;
  element: string;
  grey: Grey | null;
  picture: HTMLCanvasElement | null;
  dark: boolean | null;
  asked: boolean;
}

export class SpectrogramPicture {
  private tiles: Tile[];
  readonly lowest: number;   // pitch at the lower edge
  readonly highest: number;  // pitch at the upper edge

  constructor(
    data: Spectrogram,
    private changed: () => void,
  ) {
    this.tiles = data.tiles.map((tile) => ({ ...tile, grey: null, picture: null, dark: null, asked: false }));
    this.lowest = data.lowest_pitch - 0.5 / data.bins_per_semitone;
    this.highest = this.lowest + data.bins / data.bins_per_semitone;
  }

  /** Draw what is decoded; ask for what is not. `low` and `high` are the pitches at the lane's edges. */
  paint(context: CanvasRenderingContext2D, scale: Scale, height: number, low: number, high: number, palette: Palette): void {
    const perPitch = height / (high - low);
    const top = (high - this.highest) * perPitch;
    const tall = (this.highest - this.lowest) * perPitch;
    context.save();
    context.beginPath();
    context.rect(0, 0, scale.width, height);
    context.clip();
    context.imageSmoothingQuality = "medium";
    for (const tile of this.tiles) {
      if (tile.end_s < scale.start || tile.start_s > scale.end) continue;
      if (!tile.grey) {
        if (!tile.asked) void this.decode(tile);
        continue;
      }
      if (tile.dark !== palette.dark) colour(tile, palette.dark);
      const left = scale.x(tile.start_s);
      context.drawImage(tile.picture!, left, top, scale.x(tile.end_s) - left, tall);
    }
    context.restore();
  }

  private async decode(tile: Tile): Promise<void> {
    tile.asked = true;
    try {
      tile.grey = await greyOf(tile.element);
      this.changed();
    } catch {
      // a tile that cannot be read leaves its place blank
    }
  }
}

function colour(tile: Tile, dark: boolean): void {
  tile.picture = coloured(tile.grey!, ramp(dark ? ON_DARK : ON_LIGHT), tile.picture ?? undefined);
  tile.dark = dark;
}
