/** Everything that was heard, on one line of time: bars, sections, keys, chords, notes over the spectrogram. */

import type { App } from "../core/app";
import { h, icon } from "../core/dom";
import { clock, percent, pitchName } from "../core/format";
import type { Drums, Notes, SongData, Spans } from "../song";
import { beatsLane } from "../lanes/beats";
import type { Lane } from "../lanes/lane";
import { drumLane, drumName } from "../lanes/drums";
import { glide, rollLane, vibrato, type RollLayers } from "../lanes/roll";
import { barRuler, secondsRuler } from "../lanes/ruler";
import { secondChoice, spansLane } from "../lanes/spans";
import { tempoLane } from "../lanes/tempo";
import { SpectrogramPicture } from "../lanes/spectrogram";
import { LaneGroup } from "../view/lane-group";
import { FIT, MINUS, PLUS } from "./icons";
import { noteTools } from "./note-tools";
import { panel } from "./panel";
import { table, textChoices, type Column, type TextChoice } from "./table";

const SHOWS = ["timeline", "beats", "drums", "sections", "chords", "melody", "notes", "spectrogram"];
const LANE_OF: Record<string, string> = { tempo: "ruler", beats: "ruler", metre: "ruler", rhythm: "tempo", drums: "drums", melody: "roll", notes: "roll", sections: "sections", keys: "keys", chords: "chords" };

export function timeline(app: App): HTMLElement | null {
  const { song, bars } = app;
  const { written } = song;
  const layers: RollLayers = { heard: true, written: false, melody: true, spectrum: true };
  const group: { of: LaneGroup | null } = { of: null };
  const picture = song.spectrogram && new SpectrogramPicture(song.spectrogram, () => group.of?.touch());

  const lanes: Lane[] = [bars && song.beats && bars.bars.length ? barRuler(bars, song.beats, "Bars") : secondsRuler()];
  if (app.rhythm?.curve.bpm.length) lanes.push(tempoLane(app.rhythm, bars!));
  if (written?.beats && song.beats)
    lanes.push(beatsLane(() => app.rhythm?.counted ?? song.beats!, { id: "beats-heard", name: "Beats" }), beatsLane(() => written.beats!, { id: "beats-written", name: "written" }));
  if (song.sections) lanes.push(spansLane(song.sections, { id: "sections", name: "Sections", height: 28, coloured: true, strong: false, kind: "section", follows: true }));
  if (written?.sections) lanes.push(spansLane(written.sections, { id: "sections-written", name: "written", height: 28, coloured: true, strong: false, kind: "section", follows: true }));
  if (song.local_keys) lanes.push(spansLane(song.local_keys, { id: "keys", name: "Keys", height: 26, coloured: false, strong: false, kind: "key", follows: false }));
  if (song.chords) lanes.push(chordsLane(song, song.chords));
  if (written?.chords) lanes.push(spansLane(written.chords, { id: "chords-written", name: "written", height: 32, coloured: false, strong: false, kind: "chord", follows: true, against: song.chords ?? undefined }));
  if (song.drums?.time_s.length) lanes.push(drumLane(song.drums, bars));
  const hasRoll = song.notes || song.melody_notes || song.melody || picture || written?.notes;
  if (hasRoll) {
    const height = matchMedia("(max-width: 640px)").matches ? 300 : 400;
    const data = { notes: song.notes, written: written?.notes ?? null, melodyNotes: song.melody_notes, melody: song.melody, picture };
    lanes.push(rollLane(data, () => layers, app.threshold, bars, height));
  }
  if (lanes.length === 1 && !song.beats) return null;

  const lane = new LaneGroup(app, lanes);
  group.of = lane;
  app.rhythm?.reading.on(() => lane.retell());
  app.threshold.on(() => lane.retell());
  app.evidence.on((sentence) => {
    const marked = sentence && LANE_OF[sentence.panel];
    for (const element of lane.element.querySelectorAll<HTMLElement>("[data-lane]")) element.classList.toggle("evident", element.dataset.lane === marked);
  });

  return panel(
    app,
    { id: "timeline", title: "Timeline", shows: SHOWS, tools: h("div", { class: "timeline-tools" }, layerTools(app, lane, layers), zoomTools(app)) },
    hasRoll ? noteTools(app) : null,
    lane.element,
    h("div", { class: "lane-foot" }, legend(app), lane.hint),
    tables(app),
  );
}

/** Chords with what they are in their key below, darker the surer. */
function chordsLane({ chord_tones: tones, harmony: roles, second_chords: second }: SongData, chords: Spans): Lane {
  const numerals = roles?.numeral.some(Boolean) ? roles.numeral : undefined;
  const tells = (i: number) => [tones?.names[i] ?? "", roles?.numeral[i] ? `${roles.numeral[i]} in ${roles.key[i]}` : "", roles?.words[i] ?? ""];
  return spansLane(chords, { id: "chords", name: "Chords", height: numerals ? 52 : 36, coloured: false, strong: true, kind: "chord", follows: true, shaded: true, under: numerals, tells, second: second ?? undefined });
}

function zoomTools(app: App): HTMLElement {
  const { view, transport } = app;
  const tool = (label: string, path: string, action: () => void) => {
    const button = h("button", { type: "button", class: "tool", "aria-label": label, title: label }, icon(path));
    button.addEventListener("click", action);
    return button;
  };
  const anchor = () => {
    const { start, end } = view.window.value;
    const now = transport.position.value;
    return now >= start && now <= end ? now : (start + end) / 2;
  };
  return h("div", { class: "tools", role: "group", "aria-label": "Zoom" },
    tool("Zoom out", MINUS, () => view.zoom(1.6, anchor())),
    tool("Zoom in", PLUS, () => view.zoom(1 / 1.6, anchor())),
    tool("Show the whole song", FIT, () => view.fit()));
}

function layerTools(app: App, lanes: LaneGroup, layers: RollLayers): HTMLElement | null {
  const { song } = app;
  const tools: HTMLElement[] = [];
  if (song.written?.notes && song.notes) {
    const modes: [string, boolean, boolean][] = [["Heard", true, false], ["Written", false, true], ["Both", true, true]];
    const buttons = modes.map(([name, heard, written]) => {
      const button = h("button", { type: "button", "aria-pressed": String(name === "Heard") }, name);
      button.addEventListener("click", () => {
        Object.assign(layers, { heard, written });
        for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
        lanes.touch();
      });
      return button;
    });
    tools.push(h("div", { class: "segmented", role: "group", "aria-label": "Which notes" }, ...buttons));
  }
  const toggle = (name: string, key: "melody" | "spectrum") => {
    const button = h("button", { type: "button", class: "toggle", "aria-pressed": "true" }, name);
    button.addEventListener("click", () => {
      layers[key] = !layers[key];
      button.setAttribute("aria-pressed", String(layers[key]));
      lanes.touch();
    });
    return button;
  };
  if (song.melody || song.melody_notes) tools.push(toggle("Melody", "melody"));
  if (song.spectrogram) tools.push(toggle("Spectrogram", "spectrum"));
  return tools.length ? h("div", { class: "layer-tools" }, ...tools) : null;
}

function legend(app: App): HTMLElement {
  const { song } = app;
  const entry = (kind: string, text: string) => h("span", { class: `legend ${kind}` }, h("i", { "aria-hidden": "true" }), text);
  return h("p", { class: "legends" },
    song.notes ? entry("note", "Notes: paler is less sure, thinner is softer") : null,
    song.melody || song.melody_notes ? entry("melody", song.melody ? "Melody; its line is fainter where less voiced" : "Melody") : null,
    song.written?.notes ? entry("written", "Written") : null,
    song.second_chords?.close.some(Boolean) ? entry("close", "May be another chord") : null,
    song.written?.chords && song.chords ? entry("differs", "Not as written") : null,
    song.written?.chords && song.chords ? entry("partly", "But for the seventh or bass") : null);
}

type SpanRow = { place: string; at: string; text: string; sure: string };

function spanRows(app: App, spans: Spans): SpanRow[] {
  return spans.label.map((_, i) => {
    const place = app.bars?.at(spans.start_s[i]);
    const sure = spans.confidence[i];
    return {
      place: place ? `${place.bar}:${place.beat}` : "–",
      at: `${clock(spans.start_s[i], 1)}–${clock(spans.end_s[i], 1)}`,
      text: spans.text[i] || "–",
      sure: sure === null ? "–" : percent(sure),
    };
  });
}

function tables(app: App): HTMLElement | null {
  const { song } = app;
  const choices: TextChoice[] = [];
  const spans = (name: string, one: string, data: Spans | null | undefined) => {
    if (data) choices.push({ name, table: () => table(`${name} in order`, spanColumns(one), spanRows(app, data)) });
  };
  const notes = (name: string, data: Notes | null | undefined) => {
    const least = () => (data === song.notes ? app.threshold.value : 0);
    if (data) choices.push({ name, table: () => table(`${name} in order`, noteColumns(data), data.pitch.map((_, i) => i).filter((i) => (data.confidence[i] ?? 1) >= least())) });
  };
  spans("Sections", "Section", song.sections);
  spans("Keys", "Key", song.local_keys);
  if (song.chords) choices.push({ name: "Chords", table: () => table("Chords in order", chordColumns(song), chordRows(app, song.chords!)) });
  spans("Written chords", "Chord", song.written?.chords);
  notes("Notes", song.notes);
  notes("Melody", song.melody_notes);
  const { drums } = song;
  if (drums?.time_s.length) choices.push({ name: "Drums", table: () => table("Drum strokes in order", drumColumns(drums), drums.time_s.map((_, i) => i)) });
  notes("Written notes", song.written?.notes);
  return textChoices(choices, [app.rhythm?.reading, app.threshold]);
}

function spanColumns(one: string): Column<SpanRow>[] {
  return [
    { head: "Bar:beat", cell: (row) => row.place },
    { head: "Time", cell: (row) => row.at },
    { head: one, cell: (row) => row.text },
    { head: "Sure", number: true, cell: (row) => row.sure },
  ];
}

type ChordRow = SpanRow & { i: number };

function chordRows(app: App, chords: Spans): ChordRow[] {
  return spanRows(app, chords).map((row, i) => ({ ...row, i }));
}

/** As other spans, and beside the chord its notes, what it is in its key, and what else it may be. */
function chordColumns({ chord_tones: tones, harmony: roles, second_chords: second }: SongData): Column<ChordRow>[] {
  const [place, at, name, sure] = spanColumns("Chord");
  const notes: Column<ChordRow> = { head: "Notes", cell: ({ i }) => tones!.names[i] || "–" };
  const role: Column<ChordRow> = { head: "In its key", cell: ({ i }) => [roles!.numeral[i], roles!.words[i]].filter(Boolean).join(", ") || "–" };
  const other: Column<ChordRow> = { head: "Or", cell: ({ i }) => secondChoice(second, i).replace(/^or /, "") || "–" };
  return [place, at, name, ...(tones ? [notes] : []), ...(roles ? [role] : []), sure, ...(second ? [other] : [])];
}

function drumColumns(drums: Drums): Column<number>[] {
  return [
    { head: "Time", cell: (i) => clock(drums.time_s[i], 2) },
    { head: "Drum", cell: (i) => drumName(drums.label[i]) },
    { head: "Velocity", number: true, cell: (i) => String(Math.round(drums.velocity[i] * 127)) },
    { head: "Sure", number: true, cell: (i) => (drums.confidence[i] === null ? "–" : percent(drums.confidence[i]!)) },
  ];
}

function noteColumns(notes: Notes): Column<number>[] {
  const { shapes } = notes;
  return [
    { head: "Time", cell: (i) => clock(notes.onset_s[i], 2) },
    { head: "Note", cell: (i) => pitchName(notes.pitch[i]) },
    { head: "Length", number: true, cell: (i) => `${(notes.offset_s[i] - notes.onset_s[i]).toFixed(2)} s` },
    { head: "Velocity", number: true, cell: (i) => String(Math.round(notes.velocity[i] * 127)) },
    { head: "Sure", number: true, cell: (i) => (notes.confidence[i] === null ? "–" : percent(notes.confidence[i]!)) },
    ...(shapes ? [{ head: "Begins", cell: (i: number) => glide(shapes, i) || "in place" }, { head: "Vibrato", cell: (i: number) => vibrato(shapes, i) || "–" }] : []),
  ];
}
