/** A clock that makes no sound, for a page whose song has none: score and lanes still move. */

import { passedEnd, type Loop, type Player } from "./player";

export class SilentPlayer implements Player {
  readonly kind = "silent";
  playing = false;
  onend = () => {};
  onfail = (_reason: string) => {};
  private loop: Loop | null = null;
  private rate = 1;
  private from_s = 0;
  private since_ms = 0;
  private before = 0;

  constructor(private duration_s: number) {}

  time(): number {
    if (!this.playing) return this.from_s;
    return this.from_s + ((performance.now() - this.since_ms) / 1000) * this.rate;
  }

  async play(): Promise<void> {
    this.since_ms = performance.now();
    this.before = this.from_s;
    this.playing = true;
  }

  pause(): void {
    this.from_s = this.time();
    this.playing = false;
  }

  seek(time_s: number): void {
    this.from_s = this.before = time_s;
    this.since_ms = performance.now();
  }

  setLoop(loop: Loop | null): void {
    this.loop = loop;
    this.before = this.time();
  }

  setVolume(): void {}

  setSide(): void {}

  setRate(rate: number): void {
    this.seek(this.time());
    this.rate = rate;
  }

  tick(): void {
    if (!this.playing) return;
    const now = this.time();
    if (passedEnd(this.loop, this.before, now)) this.seek(this.loop!.start);
    else if (now >= this.duration_s) {
      this.seek(this.duration_s);
      this.playing = false;
      this.onend();
    } else this.before = now;
  }

  dispose(): void {
    this.playing = false;
  }
}
