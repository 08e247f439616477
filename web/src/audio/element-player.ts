/** The mix through an audio element: it starts at once, at any length, and its speed can change without its pitch. */

import type { Track } from "../song";
import { exactSound } from "./exact";
import { leadIn, linear, passedEnd, type Loop, type Player } from "./player";

export class ElementPlayer implements Player {
  readonly kind = "element";
  onend = () => {};
  onfail = (_reason: string) => {};
  /** True once every seek lands where it was asked to. */
  exact = false;
  private element: HTMLAudioElement;
  private loop: Loop | null = null;
  private before = 0;
  private volume = 1;
  private rate = 1;
  private fading = 0;
  private waiting: HTMLAudioElement | null = null; // plain samples, ready
  private lead_s = 0;
  private context: AudioContext | null = null; // only for who wants the sound on one side
  private pan: StereoPannerNode | null = null;
  private panned = new WeakSet<HTMLAudioElement>();

  constructor(
    private file: Blob,
    private track: Pick<Track, "gain_db" | "lead_in_s">,
    private duration_s: number,
  ) {
    this.element = this.open(file);
    this.element.addEventListener("loadedmetadata", () => {
      if (!this.exact) this.lead_s = leadIn(track.lead_in_s, this.element.duration, duration_s);
    });
  }

  private open(file: Blob): HTMLAudioElement {
    const element = new Audio();
    element.preload = "auto";
    element.preservesPitch = true;
    element.src = URL.createObjectURL(file);
    element.addEventListener("ended", () => {
      if (element !== this.element) return;
      if (this.loop && this.loop.end >= this.duration_s - 0.2) {
        this.seek(this.loop.start);
        void this.play();
      } else this.onend();
    });
    element.addEventListener("timeupdate", () => element === this.element && this.tick()); // frames stop in a hidden tab, this does not
    element.addEventListener("error", () => {
      if (element === this.element)
        this.onfail(`This browser cannot play the song's sound (${file.type || "unknown type"}): ${element.error?.message || "it does not know the format"}. The files under Downloads play elsewhere.`);
    });
    return element;
  }

  /** Change to plain samples, going on from the same place. */
  async refine(): Promise<void> {
    const plain = await exactSound(this.file, this.track, this.duration_s).catch(() => null); // then the file itself plays on
    if (!plain) return;
    const next = this.open(plain);
    await new Promise((ready) => next.addEventListener("canplay", ready, { once: true }));
    this.waiting = next;
    if (!this.playing) return this.change();
    next.volume = 0;
    next.playbackRate = this.rate;
    next.currentTime = this.time();
    const started = await next.play().then(() => true, () => false); // some phones start a sound only at a touch: then at the next pause
    if (started && this.waiting) this.change();
  }

  /** Let the plain samples take over. */
  private change(): void {
    const next = this.waiting;
    if (!next) return;
    const [old, wasPlaying, time_s] = [this.element, this.playing, this.time()];
    this.waiting = null;
    this.element = next;
    if (this.pan) this.throughPan();
    this.lead_s = 0;
    this.exact = true;
    this.setRate(this.rate);
    this.seek(time_s);
    if (!wasPlaying) next.pause();
    this.setVolume(this.volume);
    old.pause();
    URL.revokeObjectURL(old.src);
    old.removeAttribute("src");
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
    this.change();
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

  setSide(side: number): void {
    if (!side && !this.pan) return;
    if (!this.context || !this.pan) {
      this.context = new AudioContext({ latencyHint: "interactive" });
      this.pan = this.context.createStereoPanner();
      this.pan.connect(this.context.destination);
      this.throughPan();
    }
    void this.context.resume(); // while the touch that asked for it still counts
    this.pan.pan.setTargetAtTime(side, this.context.currentTime, 0.02);
  }

  /** From now on the element sounds through the panner; there is no way back, and none is needed. */
  private throughPan(): void {
    if (this.panned.has(this.element)) return;
    this.panned.add(this.element);
    this.context!.createMediaElementSource(this.element).connect(this.pan!);
  }

  setRate(rate: number): void {
    this.rate = rate;
    this.element.playbackRate = rate;
  }

  tick(): void {
    const now = this.time();
    if (this.playing && passedEnd(this.loop, this.before, now)) this.seek(this.loop!.start);
    else this.before = now;
  }

  /** Fall silent over some tens of milliseconds, then rest; another player has taken over. */
  handOver(): void {
    const element = this.element;
    const from = element.volume;
    let step = 0;
    clearInterval(this.fading);
    this.fading = window.setInterval(() => {
      step += 1;
      element.volume = from * Math.max(0, 1 - step / 6);
      if (step < 6) return;
      clearInterval(this.fading);
      element.pause();
      this.setVolume(this.volume);
    }, 8);
  }

  dispose(): void {
    this.element.pause();
    URL.revokeObjectURL(this.element.src);
  }
}
