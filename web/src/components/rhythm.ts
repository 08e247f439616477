/** How the beat goes, and the other ways to hear it: one click counts by another, and the commands that make it stay are printed. */

import type { App } from "../core/app";
import { h } from "../core/dom";
import { percent } from "../core/format";
import { extent } from "../core/rhythm";
import type { Groove, Reading } from "../song";
import { commandLine } from "./command";
import { panel } from "./panel";

const STRAIGHT_BELOW = 1.15; // long eighth to short: less is what straight players do (hexachord/knowledge/report.py)
const FREE_ABOVE = 0.08;     // intervals scatter so much where there is no steady pulse

export function rhythm(app: App): HTMLElement | null {
  const { song } = app;
  const numbers = song.groove && grooveNumbers(app, song.groove);
  const choices = app.rhythm && song.readings.length > 1 ? readings(app) : null;
  if (!numbers && !choices) return null;
  return panel(
    app,
    { id: "rhythm", title: "Rhythm", lead: lead(app), shows: ["rhythm", "groove"] },
    h("div", { class: "rhythm" }, choices, numbers),
  );
}

function lead({ song }: App): string {
  if (song.corrected.length) return `As you corrected it: ${song.corrected.join("; ")}.`;
  return song.readings.length > 1 ? "Beats can be counted in more than one way. Choose one, and bars and beats follow on this page." : "";
}

/** Radio buttons: one reading each. */
function readings(app: App): HTMLElement {
  const { song } = app;
  const keep = h("div", { class: "keep", "aria-live": "polite" });
  const rows = song.readings.map((reading) => {
    const input = h("input", { type: "radio", name: "reading", id: `reading-${reading.number}`, checked: reading === song.readings[0] });
    input.addEventListener("change", () => choose(app, reading, keep));
    const sure = reading.confidence;
    return h(
      "label",
      { class: "reading", for: input.id, "data-reading": reading.number },
      input,
      h("span", { class: "reading-tempo" }, reading.bpm.toFixed(0), h("span", { class: "unit" }, " BPM")),
      h("span", { class: "reading-metre" }, reading.metre),
      h("span", { class: "reading-how" }, reading.how),
      reading.number && sure !== null
        ? h("span", { class: "reading-sure" }, h("span", { class: "sure-bar", "aria-hidden": "true" }, h("span", { style: `width:${Math.round(sure * 100)}%` })), `${percent(sure)} sure`)
        : h("span", { class: "reading-sure" }),
    );
  });
  return h("div", { class: "readings" }, h("fieldset", {}, h("legend", {}, "Count by"), ...rows), keep);
}

function choose(app: App, reading: Reading, keep: HTMLElement): void {
  app.rhythm!.show(reading);
  app.clicks?.restart();
  app.announcer.say(`Counting ${reading.bpm.toFixed(0)} beats a minute in ${reading.metre}`);
  keep.replaceChildren(
    ...(reading.commands.length
      ? [h("p", {}, "Shown on this page only. To keep it, so that chords, sections and scores follow:"), ...reading.commands.map(commandLine)]
      : []),
  );
}

/** Steadiness and swing, as a musician says them: of the beat as it was heard, whichever is shown. */
function grooveNumbers(app: App, groove: Groove): HTMLElement {
  const numbers = h("dl", { class: "groove", title: groove.engine || null });
  const own = app.song.readings[0];
  const fill = () => {
    const isOwn = app.rhythm?.isOwn ?? true;
    const beat = isOwn || !own ? "" : `, of the beat at ${own.bpm.toFixed(0)} BPM`;
    const rows: [string, string, string][] = [["Tempo", tempoRange(isOwn ? groove.bpm : app.rhythm!.curve.bpm), "smoothed, from its slowest to its fastest"]];
    if (groove.stability !== null) {
      const steady = `steady to ${(100 * groove.stability).toFixed(1)} %`;
      rows.push(["Steadiness", groove.stability < FREE_ABOVE ? steady : "no steady pulse", `how far beats stray from the smoothed tempo${beat}`]);
    }
    rows.push(["Swing", groove.swing === null ? "too few off-beats to tell" : groove.swing < STRAIGHT_BELOW ? `straight (${groove.swing.toFixed(2)} : 1)` : `${groove.swing.toFixed(1)} : 1`, `long eighth to short${beat}; 2 : 1 is triplets`]);
    numbers.replaceChildren(...rows.map(([name, value, meaning]) => h("div", {}, h("dt", {}, name), h("dd", { class: "groove-value" }, value), h("dd", { class: "groove-meaning" }, meaning))));
  };
  fill();
  app.rhythm?.reading.on(fill);
  return numbers;
}

function tempoRange(bpm: readonly number[]): string {
  const { low, high } = extent(bpm);
  return high - low < 1 ? `${((high + low) / 2).toFixed(1)} BPM` : `${low.toFixed(0)} – ${high.toFixed(0)} BPM`;
}
