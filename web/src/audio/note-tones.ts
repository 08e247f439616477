/** The transcription made audible: every note as a struck tone of its own, in step with whatever plays. */

import { lastAtMost } from "../core/search";
import type { Notes } from "../song";
import { Cues, remember } from "./cues";
import type { Transport } from "./transport";

const LEVEL = 0.22;        // of one note at full force
const ATTACK_S = 0.004;
const RELEASE_S = 0.08;
const SHORTEST_S = 0.03;
const PARTIALS = 10;

export interface SoundedNote { note: number; pitch: number; from_s: number }

export class NoteTones extends Cues {
  readonly set: SoundedNote[] = [];      // the latest, for who wants to look
  protected readonly slack_s = Infinity; // what has begun is joined
  private rows: number[] = [];           // notes that are played, in order
  private onset_s: number[] = [];
  private longest_s = 0;
  private wave: PeriodicWave | null = null;
  private pan: StereoPannerNode | null = null;
  private side = 0;

  constructor(
    private notes: Notes,
    transport: Transport,
  ) {
    super(transport);
    this.choose(0);
  }

  /** Play the notes at least so sure, and those of which nobody says. */
  choose(threshold: number): void {
    const { onset_s, offset_s, confidence } = this.notes;
    this.rows = onset_s.map((_, i) => i).filter((i) => (confidence[i] ?? 1) >= threshold);
    this.onset_s = this.rows.map((i) => onset_s[i]);
    this.longest_s = this.rows.reduce((most, i) => Math.max(most, offset_s[i] - onset_s[i]), 0);
    this.restart();
  }

  /** To the left (-1), the middle (0) or the right (1). */
  setSide(side: number): void {
    this.side = side;
    this.pan?.pan.setTargetAtTime(side, this.pan.context.currentTime, 0.02);
  }

  protected times(): readonly number[] {
    return this.onset_s;
  }

  protected firstFrom(now_s: number): number {
    return Math.max(0, lastAtMost(this.onset_s, now_s - this.longest_s));
  }

  /** Many notes at once are held back together, so that none of them cracks. */
  protected override connect(out: GainNode): void {
    const context = out.context as AudioContext;
    const limit = context.createDynamicsCompressor();
    limit.threshold.value = -9;
    limit.ratio.value = 12;
    limit.attack.value = 0.002;
    this.pan = context.createStereoPanner();
    this.pan.pan.value = this.side;
    out.connect(limit).connect(this.pan).connect(context.destination);
  }

  protected sound(row: number, at: number, from_s: number, until_s: number, out: GainNode): void {
    const i = this.rows[row];
    const { pitch, velocity, onset_s, offset_s } = this.notes;
    const rate = this.transport.rate.value;
    const length_s = (Math.min(offset_s[i], until_s) - from_s) / rate;
    if (length_s < SHORTEST_S) return;
    const { context } = out;
    const tone = context.createOscillator();
    tone.setPeriodicWave((this.wave ??= struck(context)));
    tone.frequency.value = 440 * 2 ** ((pitch[i] - 69) / 12);
    const gain = context.createGain();
    const decay_s = 1.1 * 2 ** ((60 - pitch[i]) / 20); // low strings ring longer
    const level = LEVEL * (0.15 + 0.85 * velocity[i]) ** 1.5 * Math.exp(-(from_s - onset_s[i]) / rate / decay_s);
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(level, at + ATTACK_S);
    gain.gain.setTargetAtTime(0, at + ATTACK_S, decay_s);
    gain.gain.setTargetAtTime(0, at + length_s, RELEASE_S / 3);
    tone.connect(gain).connect(out);
    tone.start(at);
    tone.stop(at + length_s + RELEASE_S);
    remember(this.set, { note: i, pitch: pitch[i], from_s });
  }
}

/** A string's partials, one oscillator for all of them. */
function struck(context: BaseAudioContext): PeriodicWave {
  const partials = Float32Array.from({ length: PARTIALS + 1 }, (_, k) => (k ? 1 / k ** 1.7 : 0));
  return context.createPeriodicWave(new Float32Array(PARTIALS + 1), partials);
}
