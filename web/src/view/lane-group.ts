/** Lanes above each other that share one stretch of time, one playhead and one pointer. */

import type { App } from "../core/app";
import { h } from "../core/dom";
import { scaleOf } from "../core/timeview";
import type { Lane } from "../lanes/lane";
import { Sheet } from "./canvas";
import { Playhead } from "./playhead";
import { followPointer } from "./pointer";

interface Row {
  lane: Lane;
  element: HTMLElement;
  sheet: Sheet;
  axis: Sheet | null;
}

const HINT = "Click to seek, drag to move; drag along the bars to loop";

export class LaneGroup {
  readonly element = h("div", { class: "lanes" });
  readonly hint = h("p", { class: "lane-hint", "aria-hidden": "true" }, HINT);
  private column = h("div", { class: "lane-column" });
  private gutter = h("div", { class: "lane-gutter" });
  private rows: Row[] = [];
  private overlay: Sheet;

  constructor(
    private app: App,
    lanes: Lane[],
  ) {
    const palette = () => app.theme.palette.value;
    for (const lane of lanes) this.add(lane, palette);
    this.overlay = new Sheet((context, width, _height, colours) => this.paintSounding(context, width, colours), palette);
    this.overlay.canvas.classList.add("overlay");
    this.overlay.canvas.setAttribute("aria-hidden", "true");
    this.column.append(this.overlay.canvas);
    this.element.append(this.gutter, this.column);
    new Playhead(this.column, app.view, app.transport);
    followPointer(this.column, app.view, {
      click: (t) => app.transport.seek(t),
      twice: (t, y) => {
        const span = this.rowAt(y)?.lane.span?.(t);
        if (span) app.transport.setLoop(span);
      },
      choose: (start, end) => app.transport.setLoop({ start, end }),
      choosing: (y) => this.rowAt(y)?.lane.id === "ruler",
      hover: (t, y) => {
        const row = t === null ? null : this.rowAt(y);
        this.hint.textContent = (row && row.lane.probe?.(t!, y - row.element.offsetTop)) ?? HINT;
      },
    });
    app.view.window.on(() => this.touch());
    app.theme.palette.on(() => this.touch());
    app.transport.position.on(() => this.overlay.touch());
  }

  /** Paint all lanes again. */
  touch(): void {
    for (const row of this.rows) {
      row.sheet.touch();
      row.axis?.touch();
    }
    this.overlay.touch();
  }

  /** Paint all lanes again, and say in words what they show now. */
  retell(): void {
    for (const { lane, sheet } of this.rows) sheet.canvas.setAttribute("aria-label", lane.words);
    this.touch();
  }

  /** Show or hide a lane. */
  show(id: string, shown: boolean): void {
    const i = this.rows.findIndex((row) => row.lane.id === id);
    if (i < 0) return;
    this.rows[i].element.hidden = !shown;
    (this.gutter.children[i] as HTMLElement).hidden = !shown;
    this.overlay.touch();
  }

  private add(lane: Lane, palette: () => App["theme"]["palette"]["value"]): void {
    const sheet = new Sheet(
      (context, width, height, colours) =>
        lane.paint({ context, scale: scaleOf(this.app.view.window.value, width), height, palette: colours }),
      palette,
    );
    const axis = lane.axis ? new Sheet((context, width, height, colours) => lane.axis!(context, width, height, colours), palette) : null;
    const element = h("div", { class: `lane lane-${lane.id}`, style: `height:${lane.height}px`, "data-lane": lane.id }, sheet.canvas);
    sheet.canvas.setAttribute("role", "img");
    sheet.canvas.setAttribute("aria-label", lane.words);
    axis?.canvas.setAttribute("aria-hidden", "true");
    const label = h("div", { class: `lane-name ${lane.id}-name`, style: `height:${lane.height}px`, "aria-hidden": "true" }, h("span", {}, lane.name), axis?.canvas);
    this.gutter.append(label);
    this.column.append(element);
    this.rows.push({ lane, element, sheet, axis });
  }

  private rowAt(y: number): Row | null {
    return this.rows.find(({ element }) => !element.hidden && y >= element.offsetTop && y < element.offsetTop + element.offsetHeight) ?? null;
  }

  private paintSounding(context: CanvasRenderingContext2D, width: number, palette: App["theme"]["palette"]["value"]): void {
    const time_s = this.app.transport.position.value;
    const scale = scaleOf(this.app.view.window.value, width);
    for (const { lane, element } of this.rows) {
      if (!lane.sounding || element.hidden) continue;
      context.save();
      context.translate(0, element.offsetTop);
      lane.sounding({ context, scale, height: lane.height, palette }, time_s);
      context.restore();
    }
  }
}
