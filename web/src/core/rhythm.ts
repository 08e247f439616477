/** Which reading of the rhythm is shown: another one re-counts bars and beats at once, everywhere on the page. */

import type { Fact, Groove, Reading, SongData } from "../song";
import type { BarClock, Counted } from "./bars";
import { lastAtMost } from "./search";
import { Signal } from "./signal";

export interface TempoCurve { time_s: number[]; bpm: number[] }
export interface Range { low: number; high: number }

const REACH = 4; // beats to either side that a smoothed tempo looks at

export class Rhythm {
  readonly reading: Signal<Reading | null>;
  curve: TempoCurve;

  constructor(
    private song: SongData,
    private bars: BarClock,
  ) {
    this.reading = new Signal<Reading | null>(song.readings[0] ?? null);
    this.curve = curveOf(song.groove, song.beats!.time_s);
  }

  /** Whether the reading that is shown is the song's own. */
  get isOwn(): boolean {
    return this.reading.value === null || this.reading.value === this.song.readings[0];
  }

  /** The beats that are shown. */
  get counted(): Counted {
    return this.isOwn ? this.song.beats! : this.reading.value!;
  }

  /** What a fact of the masthead says under the reading that is shown. */
  told(fact: Fact): Fact {
    return this.isOwn ? fact : factUnder(fact, this.reading.value!);
  }

  /** Count by another reading. */
  show(reading: Reading): void {
    const own = reading === this.song.readings[0];
    this.bars.use(own ? this.song.beats! : reading);
    this.curve = own ? curveOf(this.song.groove, this.song.beats!.time_s) : smoothTempo(reading.time_s);
    this.reading.set(reading);
  }

  /** The tempo at a moment; null away from the beats. */
  bpmAt(time_s: number): number | null {
    const { time_s: at, bpm } = this.curve;
    const i = lastAtMost(at, time_s);
    if (i < 0 || (i === at.length - 1 && time_s > at[i] + 60 / bpm[i])) return null;
    const next = Math.min(i + 1, at.length - 1);
    const share = next === i ? 0 : (time_s - at[i]) / (at[next] - at[i]);
    return bpm[i] + share * (bpm[next] - bpm[i]);
  }
}

/** What a fact says when beats are counted by another reading; one that is not about the beat stays. */
export function factUnder(fact: Fact, reading: Reading): Fact {
  if (fact.id === "beats") return { ...fact, value: String(reading.time_s.length) };
  if (fact.id === "bars") return { ...fact, value: String(reading.position.filter((position) => position === 1).length) };
  const value = fact.id === "tempo" ? reading.bpm.toFixed(0) : fact.id === "metre" ? reading.metre : fact.value;
  if (value === fact.value) return fact;
  const own = { value: fact.value, confidence: fact.confidence === 1 ? null : fact.confidence }; // what the user said has no doubt to state
  const others = [own, ...fact.alternatives];
  const known = others.find((other) => other.value === value);
  return { ...fact, value, confidence: known ? known.confidence : reading.confidence, alternatives: others.filter((other) => other !== known) };
}

function curveOf(groove: Groove | null, beats_s: number[]): TempoCurve {
  return groove?.bpm.length ? groove : smoothTempo(beats_s);
}

/** The slowest and the fastest. */
export function extent(bpm: readonly number[]): Range {
  let low = Infinity;
  let high = -Infinity;
  for (const value of bpm) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}

/** The tempo around every beat: beats over the time that they take, some bars' worth of them. */
export function smoothTempo(beats_s: readonly number[]): TempoCurve {
  const last = beats_s.length - 1;
  if (last < 1) return { time_s: [], bpm: [] };
  const bpm = beats_s.map((_, i) => {
    const [from, to] = [Math.max(0, i - REACH), Math.min(last, i + REACH)];
    return (60 * (to - from)) / (beats_s[to] - beats_s[from]);
  });
  return { time_s: [...beats_s], bpm };
}
