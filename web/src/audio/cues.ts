/** Sounds of our own that fall on moments of the song, in step with whatever plays: set a little ahead, silenced when the song goes elsewhere. */

import { Signal } from "../core/signal";
import type { Transport } from "./transport";

const AHEAD_S = 0.5;        // sounds are set so long before they are heard: a busy page may not come back for a while
const AHEAD_HIDDEN_S = 1.5; // in a hidden tab timers run once a second
const EVERY_MS = 30;
const FADE_S = 0.012;       // what is silenced goes without a crack

let shared: AudioContext | null = null;

export abstract class Cues {
  readonly on = new Signal(false);
  private out: GainNode | null = null;
  private timer = 0;
  private next = 0;             // the first cue that is not set yet
  private before_s = 0;

  constructor(protected transport: Transport) {
    this.on.on(() => this.follow());
    transport.playing.on(() => this.follow());
    transport.seeks.on(() => this.restart());
    transport.rate.on(() => this.restart());
    transport.volume.on((volume) => this.out?.gain.setTargetAtTime(volume, this.out.context.currentTime, 0.01));
  }

  /** When each cue begins, ascending. */
  protected abstract times(): readonly number[];

  /** The first cue to sound when the song goes on from here. */
  protected abstract firstFrom(now_s: number): number;

  /** Let cue `i` sound at a moment of the context's clock; it may have begun before (`from_s` is where it is then), and ends by `until_s`. */
  protected abstract sound(i: number, at: number, from_s: number, until_s: number, out: GainNode): void;

  /** How late a cue may still be set. */
  protected abstract readonly slack_s: number;

  /** Lead a cue's sound to the ear; what it goes through is a matter of the kind. */
  protected connect(out: GainNode): void {
    out.connect(out.context.destination);
  }

  /** Forget what is set: the song went elsewhere, or the moments are others now. */
  restart(): void {
    this.silence();
    this.follow();
  }

  private follow(): void {
    window.clearInterval(this.timer);
    this.timer = 0;
    if (!this.on.value || !this.transport.playing.value) return this.silence();
    shared ??= new AudioContext({ latencyHint: "interactive" });
    void shared.resume();
    if (!this.out) {
      this.out = shared.createGain();
      this.out.gain.value = this.transport.volume.value;
      this.connect(this.out);
    }
    this.before_s = this.transport.now();
    this.next = this.firstFrom(this.before_s);
    this.timer = window.setInterval(() => this.ahead(), EVERY_MS);
    this.ahead();
  }

  /** What is already set falls silent with the node it goes through. */
  private silence(): void {
    const { out } = this;
    if (!out) return;
    this.out = null;
    out.gain.cancelScheduledValues(0);
    out.gain.setTargetAtTime(0, out.context.currentTime, FADE_S / 4);
    setTimeout(() => out.disconnect(), 1000 * FADE_S);
  }

  private ahead(): void {
    const { transport } = this;
    const times = this.times();
    const now_s = transport.now();
    if (now_s < this.before_s - 0.05) return this.restart(); // a loop came back
    this.before_s = now_s;
    const reach_s = (document.hidden ? AHEAD_HIDDEN_S : AHEAD_S) * transport.rate.value;
    const until_s = transport.looping.value && transport.loop.value && now_s < transport.loop.value.end ? transport.loop.value.end : Infinity;
    for (; this.next < times.length && times[this.next] < Math.min(now_s + reach_s, until_s); this.next++) {
      const wait_s = (times[this.next] - now_s) / transport.rate.value;
      if (wait_s > -this.slack_s) this.sound(this.next, shared!.currentTime + Math.max(0, wait_s), Math.max(now_s, times[this.next]), until_s, this.out!);
    }
  }
}

/** Keep the latest few, for who wants to look. */
export function remember<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > 64) list.shift();
}
