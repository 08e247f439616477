/** Stems as decoded buffers that start on the same sample, each through its own gain. */

import type { Track } from "../song";
import { embedded } from "../core/data";
import { leadIn, linear, type Loop, type Player } from "./player";

const AHEAD_S = 0.03; // time for all sources to be set before they start
const RAMP_S = 0.015; // a gain changes this fast: no click, no lag

interface Strip {
  buffer: AudioBuffer;
  lead_s: number;          // where the song starts in the buffer
  base: number;            // linear gain at which the file is meant to play
  gain: GainNode;
  meter: AnalyserNode;
  source: AudioBufferSourceNode | null;
}

/** Decode all stems one after the other, telling how far it is. */
export async function decodeStems(
  context: BaseAudioContext,
  stems: readonly Track[],
  progress: (done: number) => void,
): Promise<AudioBuffer[]> {
  const buffers: AudioBuffer[] = [];
  for (const stem of stems) {
    progress(buffers.length);
    try {
      buffers.push(await context.decodeAudioData(embedded(stem.element).buffer));
    } catch {
      throw new Error(`This browser cannot decode the stem “${stem.name}” (${stem.mime}). The mix still plays.`);
    }
  }
  progress(buffers.length);
  return buffers;
}

export class StemsPlayer implements Player {
  readonly kind = "stems";
  playing = false;
  onend = () => {};
  onfail = (_reason: string) => {};
  private strips: Strip[];
  private master: GainNode;
  private pan: StereoPannerNode;
  private loop: Loop | null = null;
  private from_s = 0;      // song time at `since`
  private since = 0;       // context time
  private run = 0;         // counts starts, so that an old source's end is not taken for a new one's
  private samples = new Float32Array(1024);

  constructor(
    readonly context: AudioContext,
    buffers: readonly AudioBuffer[],
    tracks: readonly Track[],
    private duration_s: number,
  ) {
    this.master = context.createGain();
    this.pan = context.createStereoPanner();
    this.master.connect(this.pan).connect(context.destination);
    this.strips = buffers.map((buffer, i) => {
      const gain = context.createGain();
      const meter = context.createAnalyser();
      meter.fftSize = 1024;
      gain.connect(meter).connect(this.master);
      const { gain_db, lead_in_s } = tracks[i];
      return { buffer, gain, meter, source: null, base: linear(gain_db), lead_s: leadIn(lead_in_s, buffer.duration, duration_s) };
    });
  }

  time(): number {
    if (!this.playing) return this.from_s;
    const now = this.from_s + Math.max(0, this.context.currentTime - this.since);
    const loop = this.loop;
    if (loop && this.from_s < loop.end && now >= loop.end) return loop.start + ((now - loop.start) % (loop.end - loop.start));
    return Math.min(now, this.duration_s);
  }

  async play(): Promise<void> {
    await this.context.resume();
    this.start(this.from_s);
  }

  pause(): void {
    this.from_s = this.time();
    this.stop();
  }

  seek(time_s: number): void {
    if (this.playing) this.start(time_s);
    else this.from_s = time_s;
  }

  setLoop(loop: Loop | null): void {
    const now = this.time();
    this.loop = loop;
    if (this.playing) this.start(now);
    else this.from_s = now;
  }

  setVolume(volume: number): void {
    this.ramp(this.master.gain, volume);
  }

  setSide(side: number): void {
    this.ramp(this.pan.pan, side);
  }

  setRate(): void {} // a buffer cannot change speed and keep its pitch

  /** Set what the faders ask for; linear, one per stem. */
  setGains(gains: readonly number[]): void {
    this.strips.forEach((strip, i) => this.ramp(strip.gain.gain, gains[i] * strip.base));
  }

  /** Peak of each stem right now, after its fader, linear. */
  levels(): number[] {
    return this.strips.map(({ meter }) => {
      if (!this.playing) return 0;
      meter.getFloatTimeDomainData(this.samples);
      let peak = 0;
      for (const x of this.samples) if (x > peak || -x > peak) peak = Math.abs(x);
      return peak;
    });
  }

  tick(): void {}

  dispose(): void {
    this.stop();
    void this.context.close();
  }

  private ramp(param: AudioParam, value: number): void {
    param.setTargetAtTime(value, this.context.currentTime, RAMP_S / 3);
  }

  private start(from_s: number): void {
    this.stop();
    const run = ++this.run;
    const loop = this.loop;
    const when = this.context.currentTime + AHEAD_S;
    let first = true;
    for (const strip of this.strips) {
      const { lead_s, buffer } = strip;
      if (from_s + lead_s >= buffer.duration) continue;
      const source = this.context.createBufferSource();
      source.buffer = buffer;
      if (loop && from_s < loop.end) {
        source.loop = true;
        source.loopStart = loop.start + lead_s;
        source.loopEnd = Math.min(loop.end + lead_s, buffer.duration);
      }
      source.connect(strip.gain);
      source.start(when, from_s + lead_s);
      if (first)
        source.onended = () => {
          if (run !== this.run || !this.playing) return;
          this.from_s = this.duration_s;
          this.stop();
          this.onend();
        };
      first = false;
      strip.source = source;
    }
    this.from_s = from_s;
    this.since = when;
    this.playing = true;
    if (first) {
      this.playing = false;
      this.onend();
    }
  }

  private stop(): void {
    this.run += 1;
    this.playing = false;
    for (const strip of this.strips) {
      strip.source?.stop();
      strip.source?.disconnect();
      strip.source = null;
    }
  }
}
