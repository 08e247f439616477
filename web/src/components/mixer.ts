/** One row for each stem: mute, solo, fader, meter and its own waveform under the timeline's stretch of time. */

import type { App } from "../core/app";
import { h } from "../core/dom";
import { decibels, size } from "../core/format";
import { scaleOf } from "../core/timeview";
import { gainsOf, LOUDEST_DB, SILENT_DB } from "../audio/mix";
import { paintWave, Peaks } from "../lanes/waveform";
import type { Track } from "../song";
import { Sheet } from "../view/canvas";
import { Playhead } from "../view/playhead";
import { followPointer } from "../view/pointer";
import { panel } from "./panel";

export interface MixerPanel {
  element: HTMLElement;
  /** Move to a stem by number, for the keyboard. */
  choose(i: number): boolean;
  chosen(): number;
}

export function mixer(app: App): MixerPanel | null {
  const { song, desk, transport } = app;
  if (!song.stems.length) return null;
  let chosen = -1;
  const peaks = song.stems.map((stem) => new Peaks(stem));
  const full = Math.max(...peaks.map(({ loudest }) => loudest)) / 127; // one scale, so that the soft look soft
  const rows = song.stems.map((stem, i) => strip(app, stem, i, peaks[i], full, () => (chosen = i)));
  const reset = h("button", { type: "button", class: "tool wordy" }, "Back to the mix");
  reset.addEventListener("click", () => void desk.reset());
  desk.mix.channels.watch(() => (reset.disabled = desk.mix.flat && transport.kind.value !== "stems"));
  transport.kind.on(() => (reset.disabled = desk.mix.flat && transport.kind.value !== "stems"));

  const bytes = song.stems.reduce((sum, stem) => sum + stem.bytes, 0);
  const state = h("p", { class: "desk-state", role: "status" });
  desk.state.watch((now) => {
    const text = {
      idle: `The stems (${size(bytes)}) are decoded when you first touch a fader.`,
      decoding: now.is === "decoding" ? `Decoding stems, ${now.done} of ${now.of} …` : "",
      ready: "The stems play in step, through your faders.",
      failed: now.is === "failed" ? now.why : "",
    }[now.is];
    state.textContent = text;
    state.classList.toggle("trouble", now.is === "failed");
    state.classList.toggle("busy", now.is === "decoding");
    state.style.setProperty("--done", now.is === "decoding" ? String(now.done / now.of) : "0");
  });

  watchLevels(app, rows.map((row) => row.meter));
  const element = panel(
    app,
    { id: "stems", title: "Stems", lead: "What the mix is made of. Keys 1–9 choose one, M mutes, S plays it alone.", shows: ["stems"], tools: h("div", { class: "tools" }, reset) },
    h("div", { class: "strips" }, ...rows.map((row) => row.element)),
    state,
  );
  return {
    element,
    choose(i) {
      if (!rows[i]) return false;
      rows[i].fader.focus();
      app.announcer.say(song.stems[i].name);
      chosen = i;
      return true;
    },
    chosen: () => chosen,
  };
}

function strip(app: App, stem: Track, i: number, peaks: Peaks, full: number, chooseThis: () => void) {
  const { desk, view, transport, theme } = app;
  const change = desk.mix.change.bind(desk.mix, i);
  const mute = h("button", { type: "button", class: "strip-button mute", "aria-label": `Mute ${stem.name}`, "aria-pressed": "false" }, "M");
  const solo = h("button", { type: "button", class: "strip-button solo", "aria-label": `Solo ${stem.name}`, "aria-pressed": "false" }, "S");
  const fader = h("input", { type: "range", class: "fader", min: SILENT_DB, max: LOUDEST_DB, step: 0.5, value: 0, "aria-label": `${stem.name} level`, "data-stem": stem.id });
  const readout = h("output", { class: "readout" });
  const meter = h("span", { class: "meter", "aria-hidden": "true" }, h("i"));
  mute.addEventListener("click", () => change({ muted: !desk.mix.channels.value[i].muted }));
  solo.addEventListener("click", () => change({ solo: !desk.mix.channels.value[i].solo }));
  fader.addEventListener("input", () => change({ gain_db: Number(fader.value) }));
  fader.addEventListener("pointerdown", () => void desk.open());
  fader.addEventListener("dblclick", () => change({ gain_db: 0 }));

  const sheet = new Sheet((context, width, height, palette) => {
    const silent = gainsOf(desk.mix.channels.value)[i] === 0;
    context.fillStyle = silent ? palette.line : palette.note;
    paintWave(context, peaks, scaleOf(view.window.value, width), height, { full });
  }, () => theme.palette.value);
  sheet.canvas.setAttribute("role", "img");
  sheet.canvas.setAttribute("aria-label", `Waveform of ${stem.name}`);
  view.window.on(() => sheet.touch());
  theme.palette.on(() => sheet.touch());
  const wave = h("div", { class: "strip-wave" }, sheet.canvas);
  new Playhead(wave, view, transport);
  followPointer(wave, view, { click: (t) => transport.seek(t), choose: () => {}, choosing: () => false });

  const element = h(
    "div",
    { class: "strip", role: "group", "aria-label": stem.name, onfocusin: chooseThis },
    h("div", { class: "strip-head" },
      h("p", { class: "strip-name" }, h("span", { class: "strip-number", "aria-hidden": "true" }, String(i + 1)), stem.name),
      h("div", { class: "strip-buttons" }, mute, solo)),
    h("div", { class: "strip-level" }, fader, meter, readout),
    wave,
  );
  desk.mix.channels.watch((channels) => {
    const { gain_db, muted, solo: alone } = channels[i];
    fader.value = String(gain_db);
    const text = gain_db <= SILENT_DB ? "−∞ dB" : decibels(gain_db);
    readout.textContent = text;
    fader.setAttribute("aria-valuetext", gain_db <= SILENT_DB ? "silent" : text.replace("dB", "decibels"));
    fader.style.setProperty("--at", String((gain_db - SILENT_DB) / (LOUDEST_DB - SILENT_DB)));
    mute.setAttribute("aria-pressed", String(muted));
    solo.setAttribute("aria-pressed", String(alone));
    element.classList.toggle("silent", gainsOf(channels)[i] === 0);
    sheet.touch();
  });
  return { element, fader, meter };
}

/** Meters move while stems play, and only while they are on screen. */
function watchLevels(app: App, meters: HTMLElement[]): void {
  const { transport, desk } = app;
  const held = meters.map(() => SILENT_DB);
  let seen = false;
  new IntersectionObserver((entries) => (seen = entries.at(-1)!.isIntersecting)).observe(meters[0]);
  const set = (i: number, level_db: number) => {
    held[i] = Math.max(level_db, held[i] - 1.2); // falls about 70 dB in a second
    const share = Math.min(1, Math.max(0, (held[i] - SILENT_DB) / -SILENT_DB));
    meters[i].style.setProperty("--level", share.toFixed(3));
  };
  transport.position.on(() => {
    if (!seen || transport.kind.value !== "stems") return;
    desk.levels().forEach((level, i) => set(i, level > 0 ? 20 * Math.log10(level) : SILENT_DB));
  });
  transport.playing.on((playing) => {
    if (playing) return;
    held.fill(SILENT_DB);
    for (const meter of meters) meter.style.setProperty("--level", "0");
  });
}
