/** Beats made audible: a short tone on every beat, a higher one on the first of a bar. */

import type { BarClock } from "../core/bars";
import { lastAtMost } from "../core/search";
import { Cues, remember } from "./cues";
import type { Transport } from "./transport";

const DOWN_HZ = 1760;
const BEAT_HZ = 1174.7;
const DECAY_S = 0.025;      // to a tenth
const LEVEL = 0.32;

export interface Click { beat: number; time_s: number; down: boolean }

export class Clicks extends Cues {
  readonly set: Click[] = [];   // the latest, for who wants to look
  protected readonly slack_s = 0.03;

  constructor(
    private bars: BarClock,
    transport: Transport,
  ) {
    super(transport);
  }

  protected times(): readonly number[] {
    return this.bars.time_s;
  }

  protected firstFrom(now_s: number): number {
    return lastAtMost(this.bars.time_s, now_s - 1e-3) + 1;
  }

  protected sound(beat: number, at: number, _from_s: number, _until_s: number, out: GainNode): void {
    const down = this.bars.isDown(beat);
    const tone = out.context.createOscillator();
    const gain = out.context.createGain();
    tone.frequency.value = down ? DOWN_HZ : BEAT_HZ;
    gain.gain.setValueAtTime(down ? LEVEL : LEVEL * 0.63, at);
    gain.gain.exponentialRampToValueAtTime(LEVEL * 1e-3, at + 3 * DECAY_S);
    tone.connect(gain).connect(out);
    tone.start(at);
    tone.stop(at + 3 * DECAY_S);
    remember(this.set, { beat, time_s: this.bars.time_s[beat], down });
  }
}
