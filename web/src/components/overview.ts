/** The whole song at a glance: waveform in the colours of its sections, which are buttons above it. */

import type { App } from "../core/app";
import { h } from "../core/dom";
import { clock, spokenTime } from "../core/format";
import { lastAtMost } from "../core/search";
import { scaleOf, TimeView } from "../core/timeview";
import { paintWave, Peaks } from "../lanes/waveform";
import { Sheet } from "../view/canvas";
import { Playhead } from "../view/playhead";
import { followPointer } from "../view/pointer";
import { shadesOf } from "../view/theme";
import { commandLines } from "./command";

export function overview(app: App): HTMLElement {
  const { song, transport, view } = app;
  const whole = new TimeView(song.duration_s);
  const peaks = new Peaks(song.mix);
  const sections = song.sections;
  const shades = sections ? shadesOf(sections.label) : [];

  const sheet = new Sheet((context, width, height, palette) => {
    const scale = scaleOf(whole.window.value, width);
    const full = peaks.loudest / 127;
    if (!sections?.label.length) {
      context.fillStyle = palette.note;
      paintWave(context, peaks, scale, height, { full });
      return;
    }
    context.fillStyle = palette.ink3;
    const ends = [0, ...sections.end_s];
    sections.start_s.forEach((start, i) => {
      if (start > ends[i]) paintWave(context, peaks, scale, height, { full, from_s: ends[i], to_s: start });
    });
    if (ends.at(-1)! < song.duration_s) paintWave(context, peaks, scale, height, { full, from_s: ends.at(-1), to_s: song.duration_s });
    sections.label.forEach((_, i) => {
      context.fillStyle = palette.tones[shades[i]];
      paintWave(context, peaks, scale, height, { full, from_s: sections.start_s[i], to_s: sections.end_s[i] });
    });
  }, () => app.theme.palette.value);
  sheet.canvas.setAttribute("role", "img");
  sheet.canvas.setAttribute("aria-label", `Waveform of the whole song, ${spokenTime(song.duration_s)}${sections ? `, in ${sections.label.length} sections` : ""}. Seek with the position slider in the player bar.`);
  app.theme.palette.on(() => sheet.touch());

  const frame = h("div", { class: "view-frame", "aria-hidden": "true" });
  const box = h("div", { class: "overview-wave" }, sheet.canvas, frame);
  new Playhead(box, whole, transport);
  const placeFrame = () => {
    const { start, end } = view.window.value;
    frame.style.left = `${(start / song.duration_s) * 100}%`;
    frame.style.width = `${((end - start) / song.duration_s) * 100}%`;
    frame.hidden = end - start > song.duration_s * 0.995;
  };
  placeFrame();
  view.window.on(placeFrame);

  followPointer(box, whole, {
    click: (t) => transport.seek(t),
    choose: (start, end) => transport.setLoop({ start, end }),
    choosing: () => true,
    twice: (t) => {
      const i = sections ? lastAtMost(sections.start_s, t) : -1;
      if (sections && i >= 0) transport.setLoop({ start: sections.start_s[i], end: sections.end_s[i] });
    },
  });

  const commands = h("div", { class: "overview-commands" },
    commandLines(["song", "waveform", "mix"].map((id) => song.commands[id])),
    commandLines(["facts", "tempo", "keys", "loudness"].map((id) => song.commands[id]), "The facts by"));
  return h("section", { class: "overview", id: "overview", "aria-label": "The whole song", "data-shows": "waveform mix" }, sections ? sectionStrip(app, shades) : null, box, commands);
}

function sectionStrip(app: App, shades: number[]): HTMLElement {
  const { song, transport } = app;
  const sections = song.sections!;
  const buttons = sections.label.map((_, i) => {
    const [start, end] = [sections.start_s[i], sections.end_s[i]];
    const sure = sections.confidence[i];
    const button = h(
      "button",
      {
        type: "button",
        class: "section-name",
        style: `left:${(start / song.duration_s) * 100}%;width:${((end - start) / song.duration_s) * 100}%;--tint:var(--tint-${shades[i]});--tone:var(--tone-${shades[i]})`,
        "aria-label": `${sections.text[i]}, ${clock(start)} to ${clock(end)}`,
        title: `${sections.text[i]} · ${clock(start)}–${clock(end)}${sure === null ? "" : ` · ${Math.round(sure * 100)} % sure`}`,
      },
      h("span", {}, sections.text[i]),
    );
    button.addEventListener("click", () => transport.seek(start));
    button.addEventListener("dblclick", () => transport.playLoop({ start, end }));
    return button;
  });
  let current = -1;
  transport.position.on((time_s) => {
    const i = lastAtMost(sections.start_s, time_s + 1e-3);
    if (i === current) return;
    buttons[current]?.removeAttribute("aria-current");
    buttons[i]?.setAttribute("aria-current", "true");
    current = i;
    if (i >= 0) app.announcer.say(`${sections.text[i]}, ${clock(sections.start_s[i])}`);
  });
  return h("div", { class: "section-strip", role: "group", "aria-label": "Sections" }, ...buttons);
}
