/** The piano roll: notes, melody and its pitch line, over the spectrogram. */

import type { F0, Notes, Shapes } from "../song";
import type { BarClock } from "../core/bars";
import { bytesOf } from "../core/data";
import { clock, percent, pitchName, plural } from "../core/format";
import { clamp, lastAtMost } from "../core/search";
import type { Signal } from "../core/signal";
import { SANS } from "../view/canvas";
import type { Lane, LanePainting } from "./lane";
import { paintGrid } from "./ruler";
import type { SpectrogramPicture } from "./spectrogram";

export interface RollLayers {
  heard: boolean;
  written: boolean;
  melody: boolean;
  spectrum: boolean;
}

interface RollData {
  notes: Notes | null;
  written: Notes | null;
  melodyNotes: Notes | null;
  melody: F0 | null;
  picture: SpectrogramPicture | null;
}

const BLACK = new Set([1, 3, 6, 8, 10]);

/** Notes ordered by onset, with how far back a still sounding one may lie. */
class NoteIndex {
  readonly longest_s: number;

  constructor(
    readonly notes: Notes,
    private threshold?: Signal<number>,
  ) {
    this.longest_s = notes.onset_s.reduce((most, onset, i) => Math.max(most, notes.offset_s[i] - onset), 0);
  }

  *within(from_s: number, to_s: number): Generator<number> {
    const { onset_s, offset_s } = this.notes;
    for (let i = Math.max(0, lastAtMost(onset_s, from_s - this.longest_s)); i < onset_s.length && onset_s[i] < to_s; i++)
      if (offset_s[i] > from_s && this.isSure(i)) yield i;
  }

  /** Whether a note is at least as sure as the threshold says; of those that nobody judged all are. */
  isSure(i: number): boolean {
    return !this.threshold?.value || (this.notes.confidence[i] ?? 1) >= this.threshold.value;
  }

  get count(): number {
    return this.notes.pitch.reduce((count, _, i) => count + Number(this.isSure(i)), 0);
  }
}

function pitchRange(data: RollData): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const notes of [data.notes, data.written, data.melodyNotes])
    for (const pitch of notes?.pitch ?? []) {
      if (pitch < low) low = pitch;
      if (pitch > high) high = pitch;
    }
  for (const pitch of data.melody?.midi ?? []) {
    if (pitch === null) continue;
    if (pitch < low) low = pitch;
    if (pitch > high) high = pitch;
  }
  if (low > high) return data.picture ? [Math.max(data.picture.lowest, 33), Math.min(data.picture.highest, 96)] : [48, 84];
  const room = Math.max(3, (24 - (high - low)) / 2); // never fewer than two octaves
  return [Math.floor(low - room) - 0.5, Math.ceil(high + room) + 0.5];
}

export function rollLane(data: RollData, layers: () => RollLayers, threshold: Signal<number>, bars: BarClock | null, height: number): Lane {
  const heard = data.notes && new NoteIndex(data.notes, threshold);
  const written = data.written && new NoteIndex(data.written);
  const melody = data.melodyNotes && new NoteIndex(data.melodyNotes);
  const voicing = data.melody && bytesOf(data.melody.voicing);
  const [low, high] = pitchRange(data);
  const y = (pitch: number, tall: number) => ((high - pitch) / (high - low)) * tall;

  const box = (painting: LanePainting, notes: Notes, i: number): [number, number, number, number] => {
    const { scale, height: tall } = painting;
    const thick = clamp(tall / (high - low) - 0.5, 2, 9);
    const left = scale.x(notes.onset_s[i]);
    return [left, y(notes.pitch[i], tall) - thick / 2, Math.max(1.5, scale.x(notes.offset_s[i]) - left - 0.5), thick];
  };

  const parts = () => [
    data.picture ? "Spectrogram, low pitches at the bottom" : "",
    heard && data.notes ? `${plural(heard.count, "note")}${threshold.value ? ` at least ${percent(threshold.value)} sure, all` : ""} between ${pitchName(Math.min(...data.notes.pitch))} and ${pitchName(Math.max(...data.notes.pitch))}` : "",
    data.melody ? voicedWords(data.melody) : "",
    data.melodyNotes ? `${plural(data.melodyNotes.pitch.length, "melody note")}` : "",
    data.written ? `${plural(data.written.pitch.length, "written note")} to compare` : "",
  ].filter(Boolean);

  return {
    id: "roll",
    name: "Notes",
    height,
    get words() {
      return `Piano roll. ${parts().join("; ")}. They are listed as text below.`;
    },

    paint(painting) {
      const { context, scale, height: tall, palette } = painting;
      const show = layers();
      context.fillStyle = palette.raised;
      context.fillRect(0, 0, scale.width, tall);
      if (show.spectrum) data.picture?.paint(context, scale, tall, low, high, palette);
      paintGrid(painting, bars);
      context.fillStyle = palette.line;
      for (let c = Math.ceil(low / 12) * 12; c < high; c += 12) context.fillRect(0, Math.round(y(c - 0.5, tall)), scale.width, 1);

      if (heard && show.heard) {
        const { velocity, confidence } = heard.notes;
        for (const i of heard.within(scale.start, scale.end)) {
          const [left, top, wide, thick] = box(painting, heard.notes, i);
          const force = 0.55 + 0.45 * clamp(velocity[i], 0, 1); // softer notes are thinner
          const at: [number, number, number, number] = [left, top + (thick * (1 - force)) / 2, wide, Math.max(1.5, thick * force)];
          context.globalAlpha = 1;
          context.fillStyle = palette.raised; // a rim of paper lifts the note off the spectrogram
          rounded(context, [at[0] - 1, at[1] - 1, at[2] + 2, at[3] + 2]);
          context.globalAlpha = 0.25 + 0.75 * (confidence[i] ?? 1) ** 1.5; // less sure ones are paler
          context.fillStyle = palette.note;
          rounded(context, at);
        }
        context.globalAlpha = 1;
      }
      if (data.melody && show.melody) paintLine(painting, data.melody, voicing!, (pitch) => y(pitch, tall));
      if (melody && show.melody) {
        context.fillStyle = palette.melody;
        for (const i of melody.within(scale.start, scale.end)) {
          const [left, top, wide, thick] = box(painting, melody.notes, i);
          rounded(context, [left, top - 1, wide, thick + 2]);
        }
      }
      if (written && show.written) {
        context.strokeStyle = palette.written;
        context.lineWidth = 1;
        context.globalAlpha = 0.85;
        context.beginPath();
        for (const i of written.within(scale.start, scale.end)) {
          const [left, top, wide, thick] = box(painting, written.notes, i);
          context.rect(left - 0.5, top - 1.5, wide + 1, thick + 3);
        }
        context.stroke();
        context.globalAlpha = 1;
      }
    },

    sounding(painting, time_s) {
      const { context, palette } = painting;
      const show = layers();
      context.fillStyle = palette.accent;
      const sets = [show.heard ? heard : null, !show.heard && show.written ? written : null, show.melody ? melody : null];
      for (const set of sets) {
        if (!set) continue;
        for (const i of set.within(time_s, time_s + 1e-3)) rounded(context, box(painting, set.notes, i));
      }
    },

    probe(time_s, at) {
      const pitch = high - (at / height) * (high - low);
      const show = layers();
      for (const [set, word, on] of [[heard, "", show.heard], [melody, "melody", show.melody], [written, "written", show.written]] as const) {
        if (!set || !on) continue;
        for (const i of set.within(time_s, time_s + 1e-3)) {
          if (Math.abs(set.notes.pitch[i] - pitch) > 0.75) continue;
          const sure = set.notes.confidence[i];
          return [pitchName(set.notes.pitch[i]), word, `${clock(set.notes.onset_s[i], 2)}–${clock(set.notes.offset_s[i], 2)}`,
            set.notes.velocity[i] ? `velocity ${Math.round(set.notes.velocity[i] * 127)}` : "", sure === null ? "" : `${percent(sure)} sure`, glide(set.notes.shapes, i), vibrato(set.notes.shapes, i, "vibrato ")].filter(Boolean).join(" · ");
        }
      }
      const sung = show.melody && data.melody ? pointAt(data.melody, time_s) : -1;
      if (sung >= 0 && Math.abs(data.melody!.midi[sung]! - pitch) < 1) return `${centsName(data.melody!.midi[sung]!)} · melody · voiced ${percent(voicing![sung] / 255)}`;
      return pitchName(pitch);
    },

    axis(context, width, tall, palette) {
      const key = tall / (high - low);
      const keys = 14;
      context.font = `500 10.5px ${SANS}`;
      context.textBaseline = "middle";
      for (let pitch = Math.ceil(low); pitch <= high; pitch++) {
        const top = y(pitch + 0.5, tall);
        if (BLACK.has(((pitch % 12) + 12) % 12)) {
          context.fillStyle = palette.ink3;
          context.fillRect(width - keys, top + key * 0.15, keys * 0.6, key * 0.7);
        } else if (key > 3.2 && [0, 5].includes(((pitch % 12) + 12) % 12)) {
          context.fillStyle = palette.line;
          context.fillRect(width - keys, y(pitch - 0.5, tall) - 0.5, keys, 1);
        }
        if (((pitch % 12) + 12) % 12 === 0) {
          context.fillStyle = palette.ink2;
          context.textAlign = "right";
          context.fillText(pitchName(pitch), width - keys - 5, y(pitch, tall));
        }
      }
      context.textAlign = "left";
      context.textBaseline = "alphabetic";
    },
  };
}

function rounded(context: CanvasRenderingContext2D, [left, top, wide, thick]: [number, number, number, number]): void {
  if (wide < 5) return context.fillRect(left, top, wide, thick);
  context.beginPath();
  context.roundRect(left, top, wide, thick, 1.5);
  context.fill();
}

const SHADES = 5; // of the curve: the fainter, the less sure that something is sung or played there

/** The pitch curve, its voicing as opacity: one stroke for every shade. */
function paintLine({ context, scale, palette }: LanePainting, f0: F0, voicing: Uint8Array, y: (pitch: number) => number): void {
  const per = (scale.end - scale.start) / scale.width; // seconds per pixel
  const skip = Math.max(1, Math.floor((per * 0.75) / f0.hop_s));
  const first = Math.max(0, Math.floor((scale.start - f0.start_s) / f0.hop_s));
  const last = Math.min(f0.midi.length, Math.ceil((scale.end - f0.start_s) / f0.hop_s) + 1);
  const paths = Array.from({ length: SHADES }, () => new Path2D());
  let before: { x: number; y: number; shade: number } | null = null;
  for (let i = first; i < last; i += skip) {
    const pitch = f0.midi[i];
    if (pitch === null) {
      before = null;
      continue;
    }
    const here = { x: scale.x(f0.start_s + i * f0.hop_s), y: y(pitch), shade: Math.min(SHADES - 1, Math.floor(((voicing[i] ?? 255) / 256) * SHADES)) };
    if (before?.shade !== here.shade) paths[here.shade].moveTo(before?.x ?? here.x, before?.y ?? here.y);
    paths[here.shade].lineTo(here.x, here.y);
    before = here;
  }
  context.lineJoin = "round";
  for (const [colour, width] of [[palette.raised, 3.5], [palette.melody, 1.75]] as const) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    paths.forEach((path, shade) => {
      context.globalAlpha = 0.2 + (0.8 * shade) / (SHADES - 1);
      context.stroke(path);
    });
  }
  context.globalAlpha = 1;
}

/** "1.2 semitones below, 0.14 s"; "" where a note begins in place or nobody knows. */
export function glide(shapes: Shapes | null | undefined, i: number): string {
  if (!shapes?.glide_s[i]) return "";
  const from = shapes.glide_semitones[i];
  return `from ${Math.abs(from).toFixed(1)} semitones ${from < 0 ? "below" : "above"}, ${shapes.glide_s[i].toFixed(2)} s`;
}

/** "5.6 Hz, ±45 cents"; "" where a note does not swing or nobody knows. */
export function vibrato(shapes: Shapes | null | undefined, i: number, before = ""): string {
  return shapes?.vibrato_hz[i] ? `${before}${shapes.vibrato_hz[i].toFixed(1)} Hz, ±${Math.round(100 * shapes.vibrato_semitones[i])} cents` : "";
}

/** The voiced point of a curve at a moment, or -1. */
function pointAt(f0: F0, time_s: number): number {
  const i = Math.round((time_s - f0.start_s) / f0.hop_s);
  return f0.midi[i] == null ? -1 : i;
}

/** 69.12 -> "A4 +12 cents". */
function centsName(pitch: number): string {
  const cents = Math.round(100 * (pitch - Math.round(pitch)));
  return `${pitchName(pitch)}${cents ? ` ${cents > 0 ? "+" : "−"}${Math.abs(cents)} cents` : ""}`;
}

function voicedWords({ midi }: F0): string {
  let [low, high, count] = [Infinity, -Infinity, 0];
  for (const pitch of midi) {
    if (pitch === null) continue;
    count++;
    if (pitch < low) low = pitch;
    if (pitch > high) high = pitch;
  }
  return count ? `the pitch of the melody, voiced ${percent(count / midi.length)} of the time, between ${pitchName(low)} and ${pitchName(high)}` : "";
}
