/** Chords made audible: their pitch classes as Shepard tones, in all octaves at once, so that a chord is heard and no voicing of it; the bass
 * is a low tone of its own. As hexachord/dsp/tones.py (FMP §1.3.2, part B). */

import { spanAt } from "../core/search";
import type { ChordTones, Spans } from "../song";
import { Cues, remember } from "./cues";
import type { Transport } from "./transport";

const LOWEST = 24;          // MIDI number of the lowest C that is in them
const OCTAVES = 8;
const CENTRE = 64;          // of the bell curve over pitch, in semitones
const WIDTH = 12;
const BASS_FROM = 36;       // the bass lies in the octave from C2
const LEVEL = 0.16;
const BASS_LEVEL = 0.22;
const ATTACK_S = 0.02;
const RELEASE_S = 0.05;
const SHORTEST_S = 0.06;

export interface SoundedChord { chord: number; from_s: number; classes: number[] }

export class ShepardChords extends Cues {
  readonly set: SoundedChord[] = [];   // the latest, for who wants to look
  protected readonly slack_s = Infinity; // what has begun is joined
  private waves = new Map<number, PeriodicWave>();

  constructor(
    private chords: Spans,
    private tones: ChordTones,
    transport: Transport,
  ) {
    super(transport);
  }

  protected times(): readonly number[] {
    return this.chords.start_s;
  }

  protected firstFrom(now_s: number): number {
    const here = spanAt(this.chords, now_s);
    const after = this.chords.start_s.findIndex((start) => start > now_s);
    return here >= 0 ? here : after < 0 ? this.chords.start_s.length : after;
  }

  protected sound(chord: number, at: number, from_s: number, until_s: number, out: GainNode): void {
    const classes = this.tones.classes[chord];
    const length_s = (Math.min(this.chords.end_s[chord], until_s) - from_s) / this.transport.rate.value;
    if (!classes.length || length_s < SHORTEST_S) return;
    const { context } = out;
    const gain = context.createGain();
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(1, at + ATTACK_S);
    gain.gain.setTargetAtTime(0.6, at + ATTACK_S, 0.5); // it settles, so that the next one is heard to begin
    gain.gain.setTargetAtTime(0, at + length_s - RELEASE_S, RELEASE_S / 3);
    gain.connect(out);
    const play = (pitch: number, level: number, wave: PeriodicWave | null) => {
      const tone = context.createOscillator();
      if (wave) tone.setPeriodicWave(wave);
      else tone.type = "triangle";
      tone.frequency.value = 440 * 2 ** ((pitch - 69) / 12);
      const share = context.createGain();
      share.gain.value = level;
      tone.connect(share).connect(gain);
      tone.start(at);
      tone.stop(at + length_s);
    };
    for (const pitchClass of classes) play(LOWEST + pitchClass, LEVEL / Math.sqrt(classes.length), this.wave(pitchClass, context));
    const bass = this.tones.bass[chord];
    if (bass !== null) play(BASS_FROM + bass, BASS_LEVEL / Math.sqrt(classes.length), null);
    remember(this.set, { chord, from_s, classes });
  }

  /** All octaves of a pitch class are the harmonics 1, 2, 4, 8 ... of its lowest: one oscillator plays them. */
  private wave(pitchClass: number, context: BaseAudioContext): PeriodicWave {
    let wave = this.waves.get(pitchClass);
    if (!wave) {
      const partials = new Float32Array(2 ** (OCTAVES - 1) + 1);
      for (let octave = 0; octave < OCTAVES; octave++) partials[2 ** octave] = bell(LOWEST + pitchClass + 12 * octave);
      wave = context.createPeriodicWave(new Float32Array(partials.length), partials, { disableNormalization: true });
      this.waves.set(pitchClass, wave);
    }
    return wave;
  }
}

function bell(pitch: number): number {
  return Math.exp(-0.5 * ((pitch - CENTRE) / WIDTH) ** 2);
}
