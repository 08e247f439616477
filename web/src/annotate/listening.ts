/** What is heard: the player, and how loud it is over time; click there, or use the arrows, to be elsewhere in it. */

import { PAUSE, PLAY } from "../components/icons";
import { h, icon } from "../core/dom";
import { clock, spokenTime } from "../core/format";
import { Sheet } from "../view/canvas";
import type { ThemeSwitch } from "../view/theme";
import type { Outline } from "./api";

export class Listening {
  readonly element: HTMLElement;
  readonly audio = new Audio();
  onfail = (_reason: string) => {};
  private outline: Outline = { duration_s: 0, peaks: [] };
  private sheet: Sheet;
  private play: HTMLButtonElement;
  private slider: HTMLInputElement;
  private time: HTMLElement;
  private frame = 0;

  constructor(theme: ThemeSwitch) {
    this.audio.preload = "auto";
    this.sheet = new Sheet((context, width, height, palette) => {
      const { peaks } = this.outline;
      const bars = Math.max(1, Math.floor(width / 3));
      const now = this.position * bars;
      for (let bar = 0; bar < bars && peaks.length; bar++) {
        const [from, to] = [Math.floor((bar * peaks.length) / bars), Math.max(1, Math.ceil(((bar + 1) * peaks.length) / bars))];
        const tall = Math.max(1, (Math.max(...peaks.slice(from, to)) / 100) * (height - 8));
        context.fillStyle = bar < now ? palette.accent : palette.ink3;
        context.fillRect(bar * 3, (height - tall) / 2, 2, tall);
      }
    }, () => theme.palette.value);
    this.sheet.canvas.setAttribute("role", "img");
    this.sheet.canvas.setAttribute("aria-label", "How loud it is over time. Seek with the position slider below.");
    theme.palette.on(() => this.sheet.touch());
    const wave = h("div", { class: "wave" }, this.sheet.canvas);
    wave.addEventListener("pointerdown", (event) => {
      const box = wave.getBoundingClientRect();
      this.seek(((event.clientX - box.left) / box.width) * this.duration_s);
    });

    this.play = h("button", { type: "button", class: "play", id: "play", "aria-label": "Play" }, icon(PLAY, { filled: true }));
    this.play.addEventListener("click", () => this.toggle());
    this.slider = h("input", { type: "range", id: "position", min: 0, max: 1, step: 0.01, value: 0, "aria-label": "Position" });
    this.slider.addEventListener("input", () => this.seek(Number(this.slider.value)));
    this.time = h("span", { class: "heard-time", "aria-hidden": "true" });
    this.element = h("section", { class: "listening", "aria-label": "The music" }, wave, h("div", { class: "listening-row" }, this.play, this.slider, this.time));

    for (const event of ["play", "pause", "ended", "seeked", "loadedmetadata"]) this.audio.addEventListener(event, () => this.show());
    this.audio.addEventListener("error", () => this.onfail(this.audio.error?.message || "this browser does not know its format"));
  }

  /** Take another sound; `start` plays it at once. */
  open(path: string, outline: Outline, start: boolean): void {
    this.outline = outline;
    this.audio.src = path;
    this.slider.max = String(outline.duration_s);
    this.show();
    if (start) this.begin();
  }

  /** Fall silent: there is nothing to hear now. */
  close(): void {
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.outline = { duration_s: 0, peaks: [] };
    this.show();
  }

  get playing(): boolean {
    return !this.audio.paused && !this.audio.ended;
  }

  get duration_s(): number {
    return this.outline.duration_s;
  }

  /** How far it is, 0 to 1. */
  get position(): number {
    return this.duration_s ? Math.min(1, this.audio.currentTime / this.duration_s) : 0;
  }

  toggle(): void {
    if (this.playing) this.audio.pause();
    else this.begin();
  }

  seek(time_s: number): void {
    if (!this.duration_s) return;
    this.audio.currentTime = Math.max(0, Math.min(this.duration_s - 0.01, time_s));
    this.show();
  }

  private begin(): void {
    this.audio.play().catch(() => this.show()); // a browser may want a touch first: then the button is there
  }

  private show(): void {
    cancelAnimationFrame(this.frame);
    const { playing } = this;
    const label = playing ? "Pause" : "Play";
    if (this.play.getAttribute("aria-label") !== label) {
      this.play.replaceChildren(icon(playing ? PAUSE : PLAY, { filled: true }));
      this.play.setAttribute("aria-label", label);
    }
    const now = this.audio.currentTime;
    this.slider.value = String(now);
    this.slider.style.setProperty("--at", this.position.toFixed(4));
    this.slider.setAttribute("aria-valuetext", `${spokenTime(now)} of ${spokenTime(this.duration_s)}`);
    this.time.textContent = `${clock(now)} / ${clock(this.duration_s)}`;
    this.sheet.touch();
    if (playing) this.frame = requestAnimationFrame(() => this.show());
  }
}
