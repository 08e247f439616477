/** Title, subtitle, and the facts a musician asks for first, each with how sure the engine is and what else it might be. */

import type { App } from "../core/app";
import { h, icon } from "../core/dom";
import { clock, percent } from "../core/format";
import type { Fact } from "../song";
import { KEYS, MOON, SUN } from "./icons";

const LONG_TITLE = 40; // characters that still stand large in two lines

export function topBar(app: Pick<App, "theme">, openHelp: () => void): HTMLElement {
  const theme = h("button", { type: "button", class: "quiet", id: "theme" });
  app.theme.theme.watch((now) => {
    const other = now === "dark" ? "light" : "dark";
    theme.replaceChildren(icon(now === "dark" ? SUN : MOON), h("span", { class: "wide-only" }, other === "dark" ? "Dark" : "Light"));
    theme.setAttribute("aria-label", `Change to the ${other} page`);
  });
  theme.addEventListener("click", () => app.theme.toggle());
  const help = h("button", { type: "button", class: "quiet", id: "help-button", "aria-label": "Keys, a list of them" }, icon(KEYS), h("span", { class: "wide-only" }, "Keys"));
  help.addEventListener("click", openHelp);
  return h("div", { class: "top-bar" }, h("p", { class: "wordmark" }, mark(), "Hexachord"), h("div", { class: "top-tools" }, help, theme));
}

function mark(): HTMLElement {
  return h("span", { class: "mark", "aria-hidden": "true" }, ...Array.from({ length: 6 }, () => h("i")));
}

export function masthead(app: App): HTMLElement {
  const { song } = app;
  const came = song.kind === "score" ? "A score, performed by Hexachord" : "A recording";
  return h(
    "header",
    { class: "masthead" },
    h("div", { class: "title" },
      h("h1", { class: song.title.length > LONG_TITLE ? "long" : "" }, song.title),
      song.subtitle ? h("p", { class: "subtitle" }, song.subtitle) : null,
      h("p", { class: "came" }, `${came} · ${clock(Math.round(song.duration_s))} · ${song.source.name}`)),
  );
}

const FIRST = ["tempo", "metre", "key"]; // set large; the rest stands below in small type

export function facts(app: App): HTMLElement | null {
  const { facts: all } = app.song;
  if (!all.length) return null;
  const large = FIRST.map((id) => all.find((fact) => fact.id === id)).filter((fact): fact is Fact => fact !== undefined);
  const small = all.filter((fact) => !large.includes(fact));
  return h(
    "section",
    { class: "facts-panel", id: "facts", "aria-label": "The facts", "data-shows": ["tempo", "metre", "keys", ...all.map(({ id }) => id)].join(" ") },
    large.length ? h("dl", { class: "facts" }, ...large.map((fact) => factCell(app, fact))) : null,
    small.length ? h("dl", { class: "small-facts" }, ...small.map((fact) => smallFact(app, fact))) : null,
  );
}

/** How sure, in a word: what is counted or computed rather than guessed has no doubt to state. */
function sureness({ confidence }: Fact): string | null {
  return confidence === null || confidence === 1 ? null : `${percent(confidence)} sure`;
}

function markEvident(app: App, element: HTMLElement, fact: Fact): void {
  const about = fact.id === "key" || fact.id === "tuning" ? "keys" : fact.id.startsWith("loudness") || fact.id === "true-peak" ? "loudness" : fact.id === "metre" ? "tempo" : fact.id;
  app.evidence.on((sentence) => element.classList.toggle("evident", sentence?.panel === about));
}

/** One fact, written again when beats are counted another way. */
function factItem(app: App, fact: Fact, kind: string, words: (fact: Fact) => (HTMLElement | null)[]): HTMLElement {
  const item = h("div", { class: kind, "data-fact": fact.id, title: fact.engine || null });
  const fill = () => {
    const told = app.rhythm?.told(fact) ?? fact;
    item.classList.toggle("other", told.value !== fact.value);
    item.replaceChildren(...words(told).filter((word): word is HTMLElement => word !== null));
  };
  fill();
  app.rhythm?.reading.on(fill);
  markEvident(app, item, fact);
  return item;
}

function factCell(app: App, fact: Fact): HTMLElement {
  return factItem(app, fact, "fact", (told) => {
    const sure = sureness(told);
    const others = told.alternatives
      .filter(({ confidence }) => confidence === null || confidence >= 0.005)
      .slice(0, 3)
      .map(({ value, confidence }) => h("li", {}, value, confidence === null ? "" : h("span", {}, ` ${percent(confidence)}`)));
    return [
      h("dt", {}, told.label),
      h("dd", { class: "value" }, told.value, told.unit ? h("span", { class: "unit" }, ` ${told.unit}`) : null),
      sure ? h("dd", { class: "sure" }, h("span", { class: "sure-bar", "aria-hidden": "true" }, h("span", { style: `width:${Math.round(told.confidence! * 100)}%` })), sure) : null,
      others.length ? h("dd", { class: "else" }, h("span", {}, "or"), h("ul", {}, ...others)) : null,
    ];
  });
}

function smallFact(app: App, fact: Fact): HTMLElement {
  return factItem(app, fact, "small-fact", (told) => {
    const sure = sureness(told);
    return [h("dt", {}, told.label), h("dd", {}, told.value, told.unit ? ` ${told.unit}` : null, sure ? h("span", {}, ` · ${sure}`) : null)];
  });
}
