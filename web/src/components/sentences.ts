/** The true sentences. Each, clicked, plays its stretch in a loop and shows what it rests on. */

import type { App } from "../core/app";
import { calm, h, icon, reveal } from "../core/dom";
import { clock, percent, unbroken } from "../core/format";
import type { Sentence, SongData } from "../song";
import { commandLines } from "./command";
import { PLAY } from "./icons";
import { panelFor } from "./panel";

const WORDS: Record<string, string> = {
  tempo: "the facts", chords: "the chords", sections: "the sections", melody: "the melody", notes: "the notes", keys: "the keys",
  loudness: "the numbers", sound: "the numbers",
};

const OF_THE_BEAT = /^(tempo|metre|beats|groove|rhythm_readings)\b/; // what another reading of the rhythm says otherwise

/** The engine that made what a sentence rests on. */
function engineOf(song: SongData, sentence: Sentence): string | null {
  const fact = song.facts.find(({ id }) => id === sentence.panel || (sentence.panel === "keys" && id === "key"));
  const lanes: Record<string, { engine: string } | null> = {
    tempo: song.beats, chords: song.chords, sections: song.sections, melody: song.melody ?? song.melody_notes, notes: song.notes, keys: song.local_keys,
  };
  return lanes[sentence.panel]?.engine ?? fact?.engine ?? song.descriptors[0]?.engine ?? null;
}

export function sentences(app: App): HTMLElement | null {
  const { song } = app;
  if (!song.sentences.length) return null;
  const list = h("ol", { class: "sentences" }, ...song.sentences.map((sentence, i) => item(app, sentence, i)));
  return h(
    "section",
    { class: "programme", id: "sentences", "aria-labelledby": "sentences-title" },
    h("h2", { id: "sentences-title" }, "Programme note"),
    h("p", { class: "lead" }, "Every sentence was measured. Choose one to hear its passage and see what it rests on."),
    list,
    commandLines([song.commands.sentences]),
  );
}

function item(app: App, sentence: Sentence, i: number): HTMLElement {
  const { transport, evidence } = app;
  const span = sentence.start_s === null ? null : { start: sentence.start_s, end: sentence.end_s ?? app.song.duration_s };
  const proof = h("div", { class: "proof", id: `proof-${i}`, hidden: true });
  const where = span ? `${clock(span.start)}–${clock(span.end)}` : "the whole piece";
  const button = h(
    "button",
    { type: "button", class: "sentence", "aria-expanded": "false", "aria-controls": proof.id },
    h("span", { class: "sentence-mark", "aria-hidden": "true" }, icon(PLAY, { filled: true })),
    h("span", { class: "sentence-text" }, unbroken(sentence.text)),
    span ? h("span", { class: "sentence-where" }, where) : null,
  );
  if (app.rhythm && sentence.facts.some(({ path }) => OF_THE_BEAT.test(path))) {
    const { rhythm } = app;
    const how = h("span", { class: "sentence-how", hidden: true }, app.song.readings[0]?.how ?? "");
    rhythm.reading.on(() => {
      how.hidden = rhythm.isOwn;
    });
    button.append(how);
  }
  const fill = () => {
    const engine = engineOf(app.song, sentence);
    const more = h("button", { type: "button", class: "link" }, `Show ${WORDS[sentence.panel] ?? "it"}`);
    more.addEventListener("click", () => goTo(sentence.panel));
    const stop = h("button", { type: "button", class: "link" }, span ? "End the loop" : "Stop");
    stop.addEventListener("click", () => {
      transport.setLoop(null);
      transport.pause();
      evidence.set(null);
      button.focus();
    });
    proof.append(
      h("dl", { class: "proof-facts" },
        ...sentence.facts.map(({ path, value }) => h("div", {}, h("dt", {}, path), h("dd", {}, value))),
        sentence.confidence === null ? null : h("div", {}, h("dt", {}, "confidence"), h("dd", {}, percent(sentence.confidence))),
        engine ? h("div", {}, h("dt", {}, "engine"), h("dd", {}, engine)) : null),
      h("p", { class: "proof-tools" }, panelFor(sentence.panel) ? more : null, stop),
    );
  };
  evidence.on((chosen) => {
    const on = chosen === sentence;
    button.setAttribute("aria-expanded", String(on));
    proof.hidden = !on;
    if (on && !proof.firstChild) fill();
  });
  button.addEventListener("click", () => {
    if (evidence.value === sentence) {
      evidence.set(null);
      transport.setLoop(null);
      transport.pause();
      return;
    }
    evidence.set(sentence);
    if (span) {
      app.view.show(span.start, span.end);
      transport.playLoop(span);
    } else {
      transport.setLoop(null);
      void transport.play();
    }
    app.announcer.say(span ? `Playing ${where} in a loop` : "Playing");
    if (matchMedia("(min-width: 1100px)").matches) {
      const panel = panelFor(sentence.panel);
      if (panel) showPanel(panel);
      keepInside(proof.parentElement!);
    }
  });
  return h("li", {}, button, proof);
}

/** Bring a panel to where it can be seen, unless its head and a good part of it already are. */
function showPanel(panel: HTMLElement): void {
  const { top } = panel.getBoundingClientRect();
  if (top < -8 || top > innerHeight * 0.35) reveal(panel, "start");
}

/** Scroll a column that scrolls by itself so that an entry is whole. */
function keepInside(entry: HTMLElement): void {
  const column = entry.closest<HTMLElement>(".programme");
  if (!column || column.scrollHeight <= column.clientHeight) return;
  const below = entry.getBoundingClientRect().bottom - column.getBoundingClientRect().bottom;
  if (below > 0) column.scrollBy({ top: below + 16, behavior: calm() ? "auto" : "smooth" });
}

function goTo(subject: string): void {
  const panel = panelFor(subject);
  if (!panel) return;
  reveal(panel, "start");
  panel.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
}
