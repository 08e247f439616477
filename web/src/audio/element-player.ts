/** The mix through an audio element: it starts at once, at any length, and its speed can change without its pitch. */

import type { Track } from "../song";
import { leadIn, linear, passedEnd, type Loop, type Player } from "./player";

export class ElementPlayer implements Player {
  readonly kind = "element";
  onend = () => {};
  onfail = (_reason: string) => {};
  private loop: Loop | null = null;
  private before = 0;
  private volume = 1;
  private fading = 0;
  private lead_s = 0;
  private address: string;

  constructor(
    file: Blob,
    private track: Pick<Track, "gain_db" | "lead_in_s">,
    private duration_s: number,
    readonly element = new Audio(),
  ) {
    this.address = URL.createObjectURL(file);
    element.preload = "auto";
    element.preservesPitch = true;
    element.src = this.address;
    element.addEventListener("loadedmetadata", () => (this.lead_s = leadIn(track.lead_in_s, element.duration, duration_s)));
    element.addEventListener("ended", () => {
      if (this.loop && this.loop.end >= this.duration_s - 0.2) {
        this.seek(this.loop.start);
        void this.play();
      } else this.onend();
    });
    element.addEventListener("timeupdate", () => this.tick()); // frames stop in a hidden tab, this does not
    element.addEventListener("error", () =>
      this.onfail(`This browser cannot play the song's sound (${file.type || "unknown type"}): ${element.error?.message || "it does not know the format"}. The files under Downloads play elsewhere.`),
    );
  }

  get playing(): boolean {
    return !this.element.paused && !this.element.ended;
  }

  time(): number {
    return Math.max(0, this.element.currentTime - this.lead_s);
  }

  async play(): Promise<void> {
    this.before = this.time();
    await this.element.play();
  }

  pause(): void {
    this.element.pause();
  }

  seek(time_s: number): void {
    this.element.currentTime = time_s + this.lead_s;
    this.before = time_s;
  }

  setLoop(loop: Loop | null): void {
    this.loop = loop;
    this.before = this.time();
  }

  setVolume(volume: number): void {
    this.volume = volume;
    this.element.volume = Math.min(1, volume * linear(this.track.gain_db));
  }

  setRate(rate: number): void {
    this.element.playbackRate = rate;
  }

  tick(): void {
    const now = this.time();
    if (this.playing && passedEnd(this.loop, this.before, now)) this.seek(this.loop!.start);
    else this.before = now;
  }

  /** Fall silent over some tens of milliseconds, then rest; another player has taken over. */
  handOver(): void {
    const from = this.element.volume;
    let step = 0;
    clearInterval(this.fading);
    this.fading = window.setInterval(() => {
      step += 1;
      this.element.volume = from * Math.max(0, 1 - step / 6);
      if (step < 6) return;
      clearInterval(this.fading);
      this.element.pause();
      this.setVolume(this.volume);
    }, 8);
  }

  dispose(): void {
    this.element.pause();
    URL.revokeObjectURL(this.address);
  }
}
