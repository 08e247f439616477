/** A canvas that fills its box at the screen's own resolution and paints itself once per frame at most. */

import type { Palette } from "./theme";

export type Paint = (context: CanvasRenderingContext2D, width: number, height: number, palette: Palette) => void;

const MONO = "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, monospace";
export const SANS = "'Instrument Sans Variable', system-ui, sans-serif";
export const SERIF = "'Newsreader', 'Iowan Old Style', Georgia, serif";
export { MONO };

export class Sheet {
  readonly canvas = document.createElement("canvas");
  width = 0;
  height = 0;
  private frame = 0;

  constructor(
    private paint: Paint,
    private palette: () => Palette,
  ) {
    this.canvas.className = "sheet";
    new ResizeObserver(() => this.measure()).observe(this.canvas);
  }

  /** Paint again with the next frame. */
  touch(): void {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  /** Paint now. */
  draw(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    if (!this.width || !this.height) return;
    const context = this.canvas.getContext("2d");
    if (!context) return;
    const ratio = this.canvas.width / this.width;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    this.paint(context, this.width, this.height, this.palette());
  }

  private measure(): void {
    const { clientWidth, clientHeight } = this.canvas;
    const ratio = Math.min(3, devicePixelRatio || 1);
    const w = Math.round(clientWidth * ratio);
    const hgt = Math.round(clientHeight * ratio);
    if (w === this.canvas.width && hgt === this.canvas.height && this.width) return;
    this.width = clientWidth;
    this.height = clientHeight;
    this.canvas.width = w;
    this.canvas.height = hgt;
    this.draw();
  }
}

/** Text cut to a width, with an ellipsis; empty when not even that fits. */
export function fitted(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  for (let n = text.length - 1; n > 1; n--) {
    const cut = `${text.slice(0, n).trimEnd()}…`;
    if (context.measureText(cut).width <= width) return cut;
  }
  return "";
}
