/** The one place that knows where the song is: plays, seeks, loops, and changes players without losing its place. */

import { clamp } from "../core/search";
import { Signal } from "../core/signal";
import type { Loop, Player } from "./player";

export class Transport {
  readonly playing = new Signal(false);
  readonly position = new Signal(0);
  readonly loop = new Signal<Loop | null>(null);
  readonly looping = new Signal(false);
  readonly volume = new Signal(1);
  readonly rate = new Signal(1);
  readonly trouble = new Signal<string | null>(null);
  readonly seeks = new Signal(0); // counts jumps, for who must redraw at once
  readonly kind: Signal<Player["kind"]>;
  private frame = 0;
  private share = 1; // of the volume, for the song itself
  private side = 0;

  constructor(
    private player: Player,
    readonly duration_s: number,
  ) {
    this.kind = new Signal(player.kind);
    this.adopt(player);
  }

  private adopt(player: Player): void {
    this.player = player;
    player.onend = () => this.rest();
    player.onfail = (reason) => {
      this.rest();
      this.trouble.set(reason);
    };
    player.setVolume(this.volume.value * this.share);
    player.setSide(this.side);
    player.setRate(this.rate.value);
    player.setLoop(this.looping.value ? this.loop.value : null);
    this.kind.set(player.kind);
  }

  /** Go on with another player from exactly here; the answer is the one that was playing. */
  async swap(player: Player): Promise<Player> {
    const old = this.player;
    if (old === player) return old;
    old.onend = () => {};
    const wasPlaying = this.playing.value;
    this.adopt(player);
    player.seek(old.time());
    if (wasPlaying) {
      await player.play();
      player.seek(old.time()); // starting took a moment
    }
    return old;
  }

  now(): number {
    return clamp(this.player.time(), 0, this.duration_s);
  }

  async play(): Promise<void> {
    if (this.playing.value) return;
    if (this.now() >= this.duration_s - 0.05) this.seek(0);
    try {
      await this.player.play();
    } catch (error) {
      if (!this.trouble.value) this.trouble.set(`The sound could not start: ${(error as Error).message}`);
      return;
    }
    this.trouble.set(null);
    this.playing.set(true);
    this.follow();
  }

  pause(): void {
    this.player.pause();
    this.rest();
  }

  toggle(): void {
    if (this.playing.value) this.pause();
    else void this.play();
  }

  seek(time_s: number): void {
    const to = clamp(Number.isFinite(time_s) ? time_s : this.duration_s, 0, this.duration_s);
    this.player.seek(to);
    this.position.set(to);
    this.seeks.set(this.seeks.value + 1);
  }

  /** Choose a stretch and loop it, or forget it with null. */
  setLoop(loop: Loop | null): void {
    const clean = loop && { start: clamp(loop.start, 0, this.duration_s), end: clamp(loop.end, 0, this.duration_s) };
    this.loop.set(clean && clean.end - clean.start >= 0.05 ? clean : null);
    this.setLooping(this.loop.value !== null);
  }

  setLooping(looping: boolean): void {
    this.looping.set(looping && this.loop.value !== null);
    this.player.setLoop(this.looping.value ? this.loop.value : null);
  }

  /** Play a stretch again and again, from its start. */
  playLoop(loop: Loop): void {
    this.setLoop(loop);
    this.seek(loop.start);
    void this.play();
  }

  setVolume(volume: number): void {
    this.volume.set(clamp(volume, 0, 1));
    this.player.setVolume(this.volume.value * this.share);
  }

  /** How loud the song itself is beside sounds of our own: 0 leaves them alone. */
  setShare(share: number): void {
    this.share = share;
    this.player.setVolume(this.volume.value * share);
  }

  /** To which side the song itself goes: left (-1), middle (0), right (1). */
  setSide(side: number): void {
    this.side = side;
    this.player.setSide(side);
  }

  setRate(rate: number): void {
    this.rate.set(rate);
    this.player.setRate(rate);
  }

  private rest(): void {
    cancelAnimationFrame(this.frame);
    this.playing.set(false);
    this.position.set(this.now());
  }

  private follow(): void {
    const step = () => {
      if (!this.playing.value) return;
      this.player.tick();
      this.position.set(this.now());
      this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }
}
