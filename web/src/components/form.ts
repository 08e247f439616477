/** The form: which moments sound alike, as a picture, and the sections by letter. */

import type { App } from "../core/app";
import { h, whenNear } from "../core/dom";
import { clock, percent } from "../core/format";
import { clamp, spanAt } from "../core/search";
import type { Similarity, Spans } from "../song";
import { Sheet } from "../view/canvas";
import { coloured, greyOf, type Grey } from "../view/grey";
import { shadesOf, type Palette } from "../view/theme";
import { panel } from "./panel";

const EDGE = 14; // pixels of section colours along the top and the left
const HINT = "Choose a moment: what lies beside it in its column sounds like it";

export function form(app: App): HTMLElement | null {
  const { similarity, sections } = app.song;
  if (!similarity) return null; // the sections alone are above the waveform
  return panel(
    app,
    { id: "form", title: "Form", lead: "Every moment beside every other, the stronger the more they sound alike: stripes beside the diagonal are repetitions, squares are stretches of one sound.", shows: ["sections", "similarity"] },
    h("div", { class: "form" }, matrix(app, similarity, sections), sections?.label.length ? groups(app, sections) : null),
  );
}

function matrix(app: App, similarity: Similarity, sections: Spans | null): HTMLElement {
  const { transport, theme } = app;
  const shades = sections ? shadesOf(sections.label) : [];
  const span_s = similarity.end_s - similarity.start_s;
  const place = (time_s: number, width: number) => EDGE + ((time_s - similarity.start_s) / span_s) * (width - EDGE);
  const moment = (x: number, width: number) => clamp(similarity.start_s + ((x - EDGE) / (width - EDGE)) * span_s, similarity.start_s, similarity.end_s);
  const picture: { grey: Grey | null; drawn: HTMLCanvasElement | null; dark: boolean | null } = { grey: null, drawn: null, dark: null };

  const sheet = new Sheet((context, width, height, palette) => {
    if (picture.grey) {
      if (picture.dark !== palette.dark) picture.drawn = coloured(picture.grey, table(palette.dark));
      picture.dark = palette.dark;
      context.imageSmoothingEnabled = width < similarity.side * 1.5;
      context.drawImage(picture.drawn!, EDGE, EDGE, width - EDGE, height - EDGE);
    }
    if (sections) paintSections(context, sections, shades, palette, width, (time_s) => place(time_s, width));
  }, () => theme.palette.value);
  sheet.canvas.setAttribute("role", "img");
  sheet.canvas.setAttribute("aria-label", words(similarity, sections));
  const cross = new Sheet((context, width, height, palette) => {
    const at = place(transport.position.value, width);
    context.fillStyle = palette.accent;
    context.fillRect(at - 0.75, 0, 1.5, height);
    context.globalAlpha = 0.5;
    context.fillRect(0, at - 0.5, width, 1);
  }, () => theme.palette.value);
  cross.canvas.classList.add("overlay");
  cross.canvas.setAttribute("aria-hidden", "true");
  theme.palette.on(() => {
    sheet.touch();
    cross.touch();
  });
  transport.position.on(() => cross.touch());

  const hint = h("p", { class: "matrix-hint", "aria-hidden": "true" }, HINT);
  const box = h("div", { class: "matrix" }, sheet.canvas, cross.canvas);
  const under = (event: MouseEvent) => {
    const rect = box.getBoundingClientRect();
    return { x_s: moment(event.clientX - rect.left, rect.width), y_s: moment(event.clientY - rect.top, rect.height) };
  };
  box.addEventListener("click", (event) => transport.seek(under(event).x_s));
  box.addEventListener("pointermove", (event) => {
    const { x_s, y_s } = under(event);
    hint.textContent = `${clock(x_s)} beside ${clock(y_s)}${alike(picture.grey, (x_s - similarity.start_s) / span_s, (y_s - similarity.start_s) / span_s)}`;
  });
  box.addEventListener("pointerleave", () => (hint.textContent = HINT));
  whenNear(box, () => {
    void greyOf(similarity.element).then((grey) => {
      picture.grey = grey;
      sheet.touch();
    }, () => {}); // a picture that cannot be read leaves its place blank
  });
  return h("div", { class: "matrix-column" }, box, hint);
}

function alike(grey: Grey | null, x: number, y: number): string {
  if (!grey) return "";
  const cell = (share: number) => Math.min(grey.width - 1, Math.floor(share * grey.width));
  return ` · ${percent(grey.values[cell(y) * grey.width + cell(x)] / 255)} of the most alike`;
}

function paintSections(context: CanvasRenderingContext2D, sections: Spans, shades: number[], palette: Palette, width: number, place: (time_s: number) => number): void {
  sections.label.forEach((_, i) => {
    const [from, to] = [place(sections.start_s[i]), place(sections.end_s[i])];
    context.fillStyle = palette.tones[shades[i]];
    context.fillRect(from, 0, Math.max(1, to - from - 1), EDGE - 3);
    context.fillRect(0, from, EDGE - 3, Math.max(1, to - from - 1));
    context.fillStyle = palette.ink;
    context.globalAlpha = 0.18;
    if (i) {
      context.fillRect(Math.round(from), EDGE, 1, width - EDGE);
      context.fillRect(EDGE, Math.round(from), width - EDGE, 1);
    }
    context.globalAlpha = 1;
    sections.label.forEach((other, k) => {
      if (k === i || other !== sections.label[i]) return; // where it comes again
      context.strokeStyle = palette.tones[shades[i]];
      context.lineWidth = 2;
      context.strokeRect(from + 1, place(sections.start_s[k]) + 1, to - from - 2, place(sections.end_s[k]) - place(sections.start_s[k]) - 2);
    });
  });
}

/** Sections by name: every place where one comes is a button. */
function groups(app: App, sections: Spans): HTMLElement {
  const shades = shadesOf(sections.label);
  const buttons: HTMLButtonElement[] = [];
  const names = [...new Set(sections.label)];
  const rows = names.map((name) => {
    const places = sections.label.flatMap((label, i) => (label === name ? [i] : []));
    const first = places[0];
    const items = places.map((i, nth) => {
      const [start, end] = [sections.start_s[i], sections.end_s[i]];
      const what = `${name}, ${nth + 1} of ${places.length}, `;
      const button = h("button", { type: "button", class: "passage" },
        h("span", { class: "unseen" }, what), sections.text[i] === name ? null : h("span", {}, `${sections.text[i]} `), h("span", { class: "passage-time" }, `${clock(start)}–${clock(end)}`));
      button.addEventListener("click", () => app.transport.seek(start));
      button.addEventListener("dblclick", () => app.transport.playLoop({ start, end }));
      buttons[i] = button;
      return button;
    });
    return h("div", { class: "form-group", style: `--tint:var(--tint-${shades[first]});--tone:var(--tone-${shades[first]})` }, h("dt", {}, name), h("dd", {}, ...items));
  });
  let current = -1;
  app.transport.position.watch((time_s) => {
    const i = spanAt(sections, time_s);
    if (i === current) return;
    buttons[current]?.removeAttribute("aria-current");
    buttons[i]?.setAttribute("aria-current", "true");
    current = i;
  });
  return h("dl", { class: "form-groups" }, ...rows);
}

function words(similarity: Similarity, sections: Spans | null): string {
  const moment_s = (similarity.end_s - similarity.start_s) / similarity.side;
  const order = sections?.text.join(", ");
  return `Self-similarity of the song: ${similarity.side} moments of ${moment_s.toFixed(1)} seconds, each beside all others.${order ? ` In order: ${order}.` : ""} Seek with the position slider in the player bar.`;
}

/** Colours of the 256 greys: paper to the blue of notes, or out of the dark to light. */
function table(dark: boolean): Uint8ClampedArray {
  const [from, to] = dark ? [[25, 28, 33], [190, 212, 240]] : [[255, 255, 255], [28, 58, 92]];
  const colours = new Uint8ClampedArray(4 * 256);
  for (let v = 0; v < 256; v++) {
    for (let c = 0; c < 3; c++) colours[4 * v + c] = from[c] + (v / 255) * (to[c] - from[c]);
    colours[4 * v + 3] = 255;
  }
  return colours;
}
