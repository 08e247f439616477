/** The keys on a circle of fifths, and what sounds now: the key of the whole, how sure, what else it could be, and where the music goes. */

import type { App } from "../core/app";
import { hourOf, MAJORS, MINORS, type Hour } from "../core/circle";
import { h, s } from "../core/dom";
import { clock, percent } from "../core/format";
import { spanAt } from "../core/search";
import { secondChoice } from "../lanes/spans";
import type { Keys, Spans } from "../song";
import { panel } from "./panel";

const OUTER = 152;
const MIDDLE = 108;
const INNER = 68;
const STEP = 30; // degrees from hour to hour

export function harmony(app: App): HTMLElement | null {
  const { keys, local_keys: local } = app.song;
  const named = (labels: string[] | undefined) => Boolean(labels?.some(hourOf));
  if (!named(keys?.label) && !named(local?.label)) return null;
  const several = local && local.label.length > 1;
  return panel(
    app,
    { id: "harmony", title: "Harmony", lead: several ? "The circle of fifths: the fuller a field, the surer it is the key of the whole. The red one is the key that sounds." : "The circle of fifths: the fuller a field, the surer it is the key.", shows: ["keys", "chords"] },
    h("div", { class: "harmony" }, wheel(app), h("div", { class: "harmony-words" }, now(app), whole(keys), several ? journey(app, local) : null)),
  );
}

/** The wheel as SVG: majors outside, their relative minors inside. */
function wheel(app: App): SVGElement {
  const { keys, local_keys: local } = app.song;
  const sure = (hour: number, minor: boolean) => {
    const i = keys?.label.findIndex((label) => same(hourOf(label), { hour, minor })) ?? -1;
    return i < 0 ? null : { i, confidence: keys!.confidence[i] };
  };
  const visited = new Set(local?.label.map((label) => nameOf(hourOf(label))));
  const fields: SVGElement[] = [];
  const letters: SVGElement[] = [];
  for (const minor of [false, true])
    for (let hour = 0; hour < 12; hour++) {
      const known = sure(hour, minor);
      const [inner, outer] = minor ? [INNER, MIDDLE] : [MIDDLE, OUTER];
      const name = (minor ? MINORS : MAJORS)[hour];
      const share = known ? known.confidence ?? (known.i ? 0.2 : 0.8) : 0;
      const kind = ["wheel-key", known?.i === 0 ? "global" : "", visited.has(nameOf({ hour, minor })) ? "visited" : ""].filter(Boolean).join(" ");
      const middle = (inner + outer) / 2;
      const at = (Math.PI / 180) * STEP * hour;
      fields.push(s("path", { class: kind, d: sector(inner, outer), transform: `rotate(${STEP * hour})`, style: `--sure:${share.toFixed(3)}` }));
      letters.push(s("text", { class: `${kind} ${minor ? "minor" : "major"}`, x: (middle * Math.sin(at)).toFixed(1), y: (-middle * Math.cos(at)).toFixed(1) }, name));
    }
  const here = s("g", { class: "wheel-now" }, s("path", { d: sector(MIDDLE, OUTER) }), s("path", { d: sector(INNER, MIDDLE) }));
  const key = s("text", { class: "wheel-key-name", y: local ? -26 : 5 });
  const numeral = s("text", { class: "wheel-numeral", y: 12 });
  const chord = s("text", { class: "wheel-chord", y: 36 });
  const svg = s("svg", { class: "wheel", viewBox: "-160 -160 320 320", role: "img", "aria-label": words(keys, local) }, ...fields, here, ...letters, key, numeral, chord);
  follow(app, here, { key, numeral, chord }, letters);
  return svg;
}

interface Centre { key: SVGElement; numeral: SVGElement; chord: SVGElement }

/** The field of the key that sounds, and in the middle what the chord is in it. */
function follow(app: App, here: SVGElement, centre: Centre, letters: SVGElement[]): void {
  const { keys, local_keys: local, chords, harmony: roles } = app.song;
  let angle = 0;
  let shown = "";
  app.transport.position.watch((time_s) => {
    const k = local ? spanAt(local, time_s) : -1;
    const c = chords ? spanAt(chords, time_s) : -1;
    if (shown === `${k} ${c}`) return;
    shown = `${k} ${c}`;
    const place = k >= 0 ? hourOf(local!.label[k]) : null;
    here.classList.toggle("nowhere", !place);
    letters.forEach((letter, i) => letter.classList.toggle("now", place !== null && i === place.hour + (place.minor ? 12 : 0)));
    if (place) {
      const turn = (((place.hour * STEP - angle) % 360) + 540) % 360 - 180; // the short way round
      angle += turn;
      here.style.transform = `rotate(${angle}deg)`;
      here.classList.toggle("minor", place.minor);
    }
    centre.key.textContent = k >= 0 ? local!.text[k] : keys?.text[0] ?? "";
    centre.numeral.textContent = c >= 0 ? roles?.numeral[c] || "" : "";
    centre.chord.textContent = c >= 0 ? chords!.text[c] : "";
  });
}

/** What sounds, in words: the chord, its notes, what it does in its key. */
function now(app: App): HTMLElement | null {
  const { chords, chord_tones: tones, harmony: roles, second_chords: second } = app.song;
  if (!chords) return null;
  const name = h("span", {});
  const other = h("span", { class: "now-other" });
  const notes = h("p", { class: "now-notes" });
  const role = h("p", { class: "now-role" });
  let shown = -2;
  app.transport.position.watch((time_s) => {
    const i = spanAt(chords, time_s);
    if (i === shown) return;
    shown = i;
    name.textContent = i >= 0 ? chords.text[i] : "–";
    other.textContent = second?.close[i] ? ` ${secondChoice(second, i)}` : "";
    notes.textContent = (i >= 0 && tones?.names[i]) || "no chord";
    role.textContent = i >= 0 && roles?.numeral[i] ? [`${roles.numeral[i]} in ${roles.key[i]}`, roles.words[i]].filter(Boolean).join(", ") : "";
  });
  return h("div", { class: "now-words", "aria-hidden": "true" }, h("p", { class: "now-chord" }, name, other), notes, role); // the lanes and tables say it to a screen reader
}

/** The key of the whole and what else it could be. */
function whole(keys: Keys | null): HTMLElement | null {
  if (!keys?.text.length) return null;
  const rows = keys.text.map((text, i) => {
    const sure = keys.confidence[i];
    return h("div", {}, h("dt", {}, text),
      h("dd", { class: "sure-bar", "aria-hidden": "true" }, h("span", { style: `width:${Math.round((sure ?? 0) * 100)}%` })),
      h("dd", {}, sure === null ? "–" : percent(sure)));
  });
  return h("div", {}, h("h3", {}, "The key of the whole"), h("dl", { class: "whole" }, ...rows));
}

/** The keys in order, each a button that goes there. */
function journey(app: App, local: Spans): HTMLElement {
  const buttons = local.label.map((_, i) => {
    const [start, end, sure] = [local.start_s[i], local.end_s[i], local.confidence[i]];
    const button = h("button", { type: "button", class: "passage" },
      h("span", { class: "passage-name" }, local.text[i]), " ", h("span", { class: "passage-time" }, `${clock(start)}–${clock(end)}`), " ", sure === null ? null : h("span", { class: "passage-sure" }, percent(sure)));
    button.addEventListener("click", () => app.transport.seek(start));
    button.addEventListener("dblclick", () => app.transport.playLoop({ start, end }));
    return button;
  });
  let current = -1;
  app.transport.position.watch((time_s) => {
    const i = spanAt(local, time_s);
    if (i === current) return;
    buttons[current]?.removeAttribute("aria-current");
    buttons[i]?.setAttribute("aria-current", "true");
    if (i >= 0 && current >= 0) app.announcer.say(`Now in ${local.text[i]}`);
    current = i;
  });
  return h("div", { class: "journey" }, h("h3", {}, "Keys along the way"), h("div", { class: "passages", role: "group", "aria-label": "Keys along the way" }, ...buttons));
}

function words(keys: Keys | null, local: Spans | null): string {
  const said = (i: number) => `${keys!.text[i]}${keys!.confidence[i] === null ? "" : `, ${percent(keys!.confidence[i]!)} sure`}`;
  const others = keys?.text.slice(1).map((_, i) => said(i + 1)) ?? [];
  const visited = [...new Set(local?.text)];
  return [
    "Circle of fifths.",
    keys?.label.length ? `The key of the whole is ${said(0)}.` : "",
    others.length ? `It could also be ${others.join("; ")}.` : "",
    visited.length > 1 ? `Along the way it is in ${visited.join(", ")}.` : "",
  ].filter(Boolean).join(" ");
}

function nameOf(place: Hour | null): string {
  return place ? `${place.hour} ${place.minor}` : "";
}

function same(a: Hour | null, b: Hour): boolean {
  return nameOf(a) === nameOf(b);
}

/** A field of the ring, at twelve o'clock. */
function sector(inner: number, outer: number): string {
  const half = (Math.PI / 180) * (STEP / 2);
  const [x, y] = [Math.sin(half), -Math.cos(half)];
  const point = (r: number, side: number) => `${(side * r * x).toFixed(2)} ${(r * y).toFixed(2)}`;
  return `M${point(outer, -1)}A${outer} ${outer} 0 0 1 ${point(outer, 1)}L${point(inner, 1)}A${inner} ${inner} 0 0 0 ${point(inner, -1)}z`;
}
