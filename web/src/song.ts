/** What a song page is given: the JSON that the Python side (hexachord/page/data.py) writes into <script id="song">.
 *
 * Times are seconds, pitches MIDI numbers. Columns of one object have equal length. A field that could not be found is null, and
 * `skipped` says why. Large binary things stand in script elements of their own, base64, named by element id. */

export interface SongData {
  format: "hexachord-page";
  version: 1;
  made_by: string;              // "hexachord 0.2.0"
  title: string;
  subtitle: string;             // composer, or ""
  kind: "audio" | "score";      // what the song came as; a score's sound is our own performance of it
  source: { name: string; sha256: string };
  duration_s: number;
  mix: Track | null;            // null: there is no sound to play, and `skipped` says why
  stems: Track[];               // they sum to the mix; empty when there are none
  facts: Fact[];                // tempo, metre, key, tuning, loudness ..., in reading order
  beats: Beats | null;
  readings: Reading[];          // the ways to hear the rhythm, what is shown at first first; empty when nothing is known
  corrected: string[];          // what the user corrected of the rhythm, in words
  groove: Groove | null;
  drums: Drums | null;
  sections: Spans | null;
  chords: Spans | null;
  chord_tones: ChordTones | null; // row i is about chord i
  second_chords: SecondChoices | null;  // row i is about chord i; null where no engine says
  harmony: Harmony | null;      // row i is about chord i
  keys: Keys | null;            // what the whole could be in, the likeliest first
  local_keys: Spans | null;
  notes: Notes | null;
  melody_notes: Notes | null;
  melody: F0 | null;
  spectrogram: Spectrogram | null;
  similarity: Similarity | null;
  scores: ScorePages[];         // "Lead sheet", "Piano", "Drums", or "Score"
  sentences: Sentence[];
  descriptors: Row[];           // numbers that describe the sound
  downloads: Download[];
  commands: Record<string, string>;   // panel id -> the exact command line that makes what it shows
  skipped: { what: string; why: string }[];
  written: Written | null;      // the truth, when it is known: what the tour played
}

export interface Track {
  id: string;                   // "mix", "vocals", "drums" ...
  name: string;
  mime: string;                 // "audio/mpeg" ...
  element: string;              // id of the <script type="text/plain"> that holds the file, base64
  bytes: number;
  peaks: { per_s: number; values: string };   // base64 int8 pairs (min, max) of the mono sum, full scale 127
  gain_db: number;              // play it so loud (0 but for parts of a quiet mix)
  lead_in_s: number;            // silence that a decoder leaves in front if it ignores the file's gapless tag (Chromium does not): then the
                                // decoded sound is longer than duration_s by more than half of this, and starts so much later
  engine: string;
  file: string | null;          // the lossless file beside the page, relative, "stems/vocals.flac"
}

export interface Fact {
  id: string;                   // "tempo", "metre", "key", "tuning", "loudness" ...
  label: string;                // "Tempo"
  value: string;                // "104"
  unit: string;                 // "BPM", "" ...
  confidence: number | null;    // 0..1; null: the engine cannot tell
  alternatives: { value: string; confidence: number | null }[];
  engine: string;
}

export interface Beats { time_s: number[]; position: number[]; confidence: (number | null)[]; engine: string }
export interface Groove { time_s: number[]; bpm: number[]; stability: number | null; swing: number | null; engine: string }
// the smoothed tempo beat by beat; relative deviation from it; long eighth to short
export interface Drums { time_s: number[]; label: string[]; velocity: number[]; confidence: (number | null)[]; engine: string }  // velocity 0..1
export interface Reading {
  number: number;               // 0: what the user said; 1: the likeliest of those that were heard ...
  bpm: number;
  metre: string;                // "3/4"
  how: string;                  // "half the tempo"
  confidence: number | null;
  time_s: number[]; position: number[];
  commands: string[];           // what makes it the song's own; empty for the one that is
}
export interface Spans { start_s: number[]; end_s: number[]; label: string[]; text: string[]; confidence: (number | null)[]; engine: string }
// label is the plain one (Harte syntax for chords, "G:maj"), text is for the eye ("G", "Em7", "F♯°", "verse")
export interface Harmony { numeral: string[]; words: string[]; key: string[]; engine: string }  // "V7/V", "dominant of V", "G major"
export interface ChordTones { classes: number[][]; bass: (number | null)[]; names: string[] }  // pitch classes, 0 is C; "D F A C"; empty for no chord
export interface SecondChoices { label: string[]; text: string[]; confidence: (number | null)[]; close: boolean[] }
// what else each chord may be, "" where nothing comes in question; close: nearly as likely as the chord itself
export interface Keys { label: string[]; text: string[]; confidence: (number | null)[]; engine: string }  // "Bb minor", "B♭ minor"
export interface Notes { onset_s: number[]; offset_s: number[]; pitch: number[]; velocity: number[]; confidence: (number | null)[]; engine: string; shapes: Shapes | null }
export interface Shapes { glide_semitones: number[]; glide_s: number[]; vibrato_hz: number[]; vibrato_semitones: number[] }
// of a melody's notes: where each begins against where it stands (negative: from below), its vibrato to either side; 0 for neither
export interface F0 { hop_s: number; start_s: number; midi: (number | null)[]; voicing: string; engine: string }
// fractional MIDI pitch, null where unvoiced; voicing is base64 uint8, 255 where an engine is sure that something is voiced

/** 8-bit greyscale PNG tiles side by side in time, row 0 is the highest pitch; 255 is loudest, linear in dB over `range_db`, 3 dB an octave
 * brighter upwards than the sound. A bin is centred on its pitch, a frame on its time. */
export interface Spectrogram {
  tiles: { element: string; start_s: number; end_s: number; width: number }[];
  bins: number; lowest_pitch: number; bins_per_semitone: number; frames_per_s: number; range_db: number;
}

/** An 8-bit greyscale PNG of `side` by `side`: 255 where the moment of the row and that of the column sound most alike. */
export interface Similarity { element: string; side: number; start_s: number; end_s: number }

export interface ScorePages {
  id: string;                   // "lead-sheet", "piano", "drums", "score"
  title: string;
  svg_element: string;          // id of the <script type="text/plain"> with the pages' SVG, gzip, base64, joined by "\f"
  pages: number; width_mm: number; height_mm: number;
  moments: { time_s: number[]; page: number[]; bar: string[]; on: string[][]; off: string[][] };  // SVG element ids
  command: string;
}

export interface Sentence {
  text: string;
  confidence: number | null;
  panel: string;                // id of the panel that shows its evidence: "tempo" | "rhythm" | "drums" | "chords" | "sections" | "melody" | "notes" | "keys" | "loudness" | "sound"
  start_s: number | null;       // where to hear it; null: the whole piece
  end_s: number | null;
  facts: { path: string; value: string }[];   // what it rests on, as data
}

export interface Row { name: string; value: string; unit: string; engine: string; meaning: string }
export interface Download {
  label: string; name: string; bytes: number; mime: string;
  element: string | null;       // in the page: id of the <script type="text/plain"> that holds it, gzip, base64
  href: string | null;          // else beside the page, relative
}

/** Truth beside what was heard. */
export interface Written {
  title: string;                // what the truth is: "the score that was played"
  beats: Beats | null; chords: Spans | null; sections: Spans | null; notes: Notes | null;
  facts: { id: string; heard: string; written: string; right: boolean | null }[];
  scores: { task: string; name: string; value: number; meaning: string }[];   // {task: "beats", name: "F", value: .98, meaning: "..."}
}
