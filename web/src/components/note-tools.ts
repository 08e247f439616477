/** How sure a note must be to be shown and played, and what of song and transcription is heard. */

import { HEARINGS, type Heard } from "../audio/hearing";
import type { App } from "../core/app";
import { h } from "../core/dom";
import { percent, plural } from "../core/format";
import { commandLine } from "./command";

const WORDS: Record<Heard, string> = { original: "Original", both: "Both", transcription: "Transcription" };
const SAID: Record<Heard, string> = { original: "The original", both: "Original and transcription", transcription: "The transcription alone" };

export function noteTools(app: App): HTMLElement | null {
  const tools = [thresholdTool(app), hearingTool(app)].filter((tool) => tool !== null);
  return tools.length ? h("div", { class: "note-tools" }, ...tools) : null;
}

/** A slider that hides the notes less sure than it says; none where no note says how sure it is. */
function thresholdTool({ song, threshold, surer }: App): HTMLElement | null {
  const notes = song.notes;
  if (!notes?.confidence.some((sure) => sure !== null)) return null;
  const slider = h("input", { type: "range", id: "threshold", min: 0, max: 1, step: 0.01, value: 0 });
  const count = h("output", { class: "note-count", for: "threshold" });
  const command = h("div", { class: "threshold-command" }); // what writes down just these notes
  slider.addEventListener("input", () => threshold.set(Number(slider.value)));
  threshold.watch((least) => {
    slider.value = String(least);
    slider.style.setProperty("--at", String(least));
    const shown = surer(notes);
    const told = least ? `${shown} of ${plural(notes.pitch.length, "note")}` : plural(shown, "note");
    count.textContent = least ? `${percent(least)}: ${told}` : `all: ${told}`;
    slider.setAttribute("aria-valuetext", least ? `${percent(least)}, ${told}` : `all ${told}`);
    const { transcription } = song.commands;
    if (transcription) command.replaceChildren(commandLine(least ? `${transcription} --threshold ${least.toFixed(2)}` : transcription));
  });
  return h("div", { class: "threshold" }, h("label", { for: "threshold" }, "Notes at least this sure"), slider, count, command);
}

function hearingTool({ hearing, announcer, transport }: App): HTMLElement | null {
  if (!hearing) return null;
  const buttons = HEARINGS.map((heard) => {
    const button = h("button", { type: "button", "data-hear": heard }, WORDS[heard]);
    button.addEventListener("click", () => {
      hearing.heard.set(heard);
      if (!transport.playing.value) void transport.play();
    });
    return button;
  });
  const apart = h("button", { type: "button", class: "toggle", id: "apart", title: "The original in the left ear, the transcription in the right" }, "One in each ear");
  apart.addEventListener("click", () => {
    const on = !hearing.apart.value;
    if (on) hearing.heard.set("both");
    hearing.apart.set(on);
  });
  hearing.heard.watch((heard) => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.hear === heard));
  });
  hearing.heard.on((heard) => announcer.say(SAID[heard]));
  hearing.apart.watch((on) => apart.setAttribute("aria-pressed", String(on)));
  return h("div", { class: "hearing" }, h("span", { class: "tool-name", id: "hear-name" }, "Hear"), h("div", { class: "segmented", role: "group", "aria-labelledby": "hear-name" }, ...buttons), apart);
}
