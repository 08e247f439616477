/** Beats made audible: a short tone on every beat, a higher one on the first of a bar, in step with whatever plays. */

import type { BarClock } from "../core/bars";
import { lastAtMost } from "../core/search";
import { Signal } from "../core/signal";
import type { Transport } from "./transport";

const DOWN_HZ = 1760;
const BEAT_HZ = 1174.7;
const DECAY_S = 0.025;      // to a tenth
const AHEAD_S = 0.5;        // clicks are set so long before they sound: a busy page may not come back for a while
const AHEAD_HIDDEN_S = 1.5; // in a hidden tab timers run once a second
const EVERY_MS = 30;
const LEVEL = 0.32;

export interface Click { beat: number; time_s: number; down: boolean }

export class Clicks {
  readonly on = new Signal(false);
  readonly set: Click[] = [];   // the latest, for who wants to look
  private context: AudioContext | null = null;
  private out: GainNode | null = null;
  private timer = 0;
  private next = 0;             // the first beat that is not set yet
  private before_s = 0;

  constructor(
    private bars: BarClock,
    private transport: Transport,
  ) {
    this.on.on(() => this.follow());
    transport.playing.on(() => this.follow());
    transport.seeks.on(() => this.restart());
    transport.rate.on(() => this.restart());
    transport.volume.on((volume) => this.out?.gain.setTargetAtTime(volume, this.context!.currentTime, 0.01));
  }

  /** Forget what is set: the song went elsewhere, or the beats are others now. */
  restart(): void {
    this.silence();
    this.follow();
  }

  private follow(): void {
    window.clearInterval(this.timer);
    this.timer = 0;
    if (!this.on.value || !this.transport.playing.value) return this.silence();
    this.context ??= new AudioContext({ latencyHint: "interactive" });
    void this.context.resume();
    if (!this.out) this.open();
    this.before_s = this.transport.now();
    this.next = lastAtMost(this.bars.time_s, this.before_s - 1e-3) + 1;
    this.timer = window.setInterval(() => this.ahead(), EVERY_MS);
    this.ahead();
  }

  private open(): void {
    this.out = this.context!.createGain();
    this.out.gain.value = this.transport.volume.value;
    this.out.connect(this.context!.destination);
  }

  /** What is already set falls silent with the node it goes through. */
  private silence(): void {
    this.out?.disconnect();
    this.out = null;
    if (this.context && this.on.value && this.transport.playing.value) this.open();
  }

  private ahead(): void {
    const { transport, bars } = this;
    const now_s = transport.now();
    if (now_s < this.before_s - 0.05) return this.restart(); // a loop came back
    this.before_s = now_s;
    const reach_s = (document.hidden ? AHEAD_HIDDEN_S : AHEAD_S) * transport.rate.value;
    const end_s = transport.looping.value && transport.loop.value && now_s < transport.loop.value.end ? transport.loop.value.end : Infinity;
    for (; this.next < bars.time_s.length && bars.time_s[this.next] < Math.min(now_s + reach_s, end_s); this.next++) {
      const wait_s = (bars.time_s[this.next] - now_s) / transport.rate.value;
      if (wait_s > -0.03) this.sound(this.next, this.context!.currentTime + Math.max(0, wait_s));
    }
  }

  private sound(beat: number, at: number): void {
    const down = this.bars.isDown(beat);
    const tone = this.context!.createOscillator();
    const gain = this.context!.createGain();
    tone.frequency.value = down ? DOWN_HZ : BEAT_HZ;
    gain.gain.setValueAtTime(down ? LEVEL : LEVEL * 0.63, at);
    gain.gain.exponentialRampToValueAtTime(LEVEL * 1e-3, at + 3 * DECAY_S);
    tone.connect(gain).connect(this.out!);
    tone.start(at);
    tone.stop(at + 3 * DECAY_S);
    this.set.push({ beat, time_s: this.bars.time_s[beat], down });
    if (this.set.length > 64) this.set.shift();
  }
}
