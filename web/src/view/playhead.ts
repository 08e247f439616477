/** The line that says "now", and the wash of a chosen loop, over any box that shows time. */

import { h } from "../core/dom";
import { scaleOf, type TimeView } from "../core/timeview";
import type { Transport } from "../audio/transport";

export class Playhead {
  private line = h("div", { class: "playhead", "aria-hidden": "true" });
  private wash = h("div", { class: "loop-wash", "aria-hidden": "true" });
  private width = 0;

  constructor(
    private box: HTMLElement,
    private view: TimeView,
    private transport: Transport,
  ) {
    box.append(this.wash, this.line);
    new ResizeObserver(() => this.measure()).observe(box);
    view.window.on(() => this.place());
    transport.position.on(() => this.placeLine());
    transport.loop.on(() => this.place());
    transport.looping.on(() => this.place());
  }

  private measure(): void {
    this.width = this.box.clientWidth;
    this.place();
  }

  private place(): void {
    this.placeLine();
    const loop = this.transport.loop.value;
    this.wash.hidden = !loop;
    if (!loop || !this.width) return;
    const scale = scaleOf(this.view.window.value, this.width);
    const left = Math.max(-2, scale.x(loop.start));
    const right = Math.min(this.width + 2, scale.x(loop.end));
    this.wash.hidden = right <= left;
    this.wash.style.transform = `translateX(${left}px)`;
    this.wash.style.width = `${Math.max(0, right - left)}px`;
    this.wash.classList.toggle("resting", !this.transport.looping.value);
  }

  private placeLine(): void {
    if (!this.width) return;
    const x = scaleOf(this.view.window.value, this.width).x(this.transport.position.value);
    const inside = x >= 0 && x <= this.width;
    this.line.style.transform = `translateX(${inside ? x : -10}px)`;
  }
}
