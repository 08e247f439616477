/** The engraved score: follows the sound, and a click on a note or bar goes there. */

import type { App } from "../core/app";
import { embeddedText, holds } from "../core/data";
import { calm, h, whenNear } from "../core/dom";
import { plural } from "../core/format";
import { Moments } from "../core/moments";
import type { ScorePages } from "../song";
import { panel } from "./panel";
import { commandLines } from "./command";

export function scores(app: App): HTMLElement | null {
  const all = app.song.scores.filter((score) => holds(score.svg_element));
  if (!all.length) return null;
  const box = h("div", { class: "score-box", id: "score-box", tabindex: 0, role: "region", "aria-label": "Engraved score" });
  const command = h("div", {});
  let view: ScoreView | null = null;
  const show = (score: ScorePages) => {
    view?.close();
    view = new ScoreView(app, score, box);
    box.setAttribute("aria-label", `${score.title}, ${plural(score.pages, "page")}`);
    command.replaceChildren(...[commandLines([score.command])].filter((line) => line !== null));
  };
  const tabs = all.length > 1 ? scoreTabs(all, show) : null;
  const section = panel(
    app,
    { id: "score", title: all.length > 1 ? "Score" : all[0].title, lead: "It follows the sound. Click a note to hear it from there.", shows: ["score", ...all.map(({ id }) => id)], tools: tabs },
    box,
    command,
  );
  // the panel's own list of commands gives way to the shown score's
  section.querySelector(":scope > .commands")?.remove();
  whenNear(section, () => show(all[0]));
  return section;
}

function scoreTabs(all: ScorePages[], show: (score: ScorePages) => void): HTMLElement {
  const tabs = all.map((score, i) => {
    const tab = h("button", { type: "button", role: "tab", "aria-selected": String(i === 0), "aria-controls": "score-box", tabindex: i ? -1 : 0 }, score.title);
    tab.addEventListener("click", () => choose(i));
    return tab;
  });
  const choose = (i: number) => {
    tabs.forEach((tab, k) => {
      tab.setAttribute("aria-selected", String(k === i));
      tab.tabIndex = k === i ? 0 : -1;
    });
    show(all[i]);
  };
  const list = h("div", { class: "segmented", role: "tablist", "aria-label": "Which score" }, ...tabs);
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const next = (tabs.indexOf(document.activeElement as HTMLButtonElement) + step + tabs.length) % tabs.length;
    tabs[next].focus();
    choose(next);
  });
  return list;
}

class ScoreView {
  private moments: Moments;
  private lit = new Set<string>();
  private now = -2;
  private system: Element | null = null;
  private wash = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  private open = true;
  private ends: (() => void)[] = [];

  constructor(
    private app: App,
    score: ScorePages,
    private box: HTMLElement,
  ) {
    this.moments = new Moments(score.moments);
    this.wash.setAttribute("class", "bar-wash");
    box.replaceChildren(h("p", { class: "waiting" }, "Unfolding the score …"));
    void this.load(score);
    this.ends.push(app.transport.position.on(() => this.follow()));
    this.ends.push(app.transport.seeks.on(() => this.follow()));
    const click = (event: Event) => this.clicked(event.target as Element);
    box.addEventListener("click", click);
    this.ends.push(() => box.removeEventListener("click", click));
  }

  close(): void {
    this.open = false;
    for (const end of this.ends) end();
  }

  private async load(score: ScorePages): Promise<void> {
    try {
      const pages = (await embeddedText(score.svg_element)).split("\f");
      if (!this.open) return;
      this.box.replaceChildren(
        ...pages.map((text, i) => {
          const page = h("div", { class: "score-page", role: "img", "aria-label": `${score.title}, page ${i + 1} of ${pages.length}`, style: `aspect-ratio:${score.width_mm}/${score.height_mm}` });
          page.append(engraving(text));
          return page;
        }),
      );
      this.now = -2;
      this.follow();
    } catch (error) {
      this.box.replaceChildren(h("p", { class: "trouble" }, `The score could not be shown: ${(error as Error).message}`));
    }
  }

  private follow(): void {
    const i = this.moments.index(this.app.transport.position.value);
    if (i === this.now || !this.box.firstElementChild?.firstElementChild) return;
    this.now = i;
    const sounding = this.moments.soundingAt(i);
    for (const id of this.lit) if (!sounding.has(id)) this.element(id)?.classList.remove("sounding");
    for (const id of sounding) {
      const element = this.element(id);
      if (!element) continue;
      if (!this.lit.has(id)) element.classList.add("sounding");
    }
    this.lit = new Set(sounding);
    const measure = this.element(this.moments.bar(i));
    if (measure) this.mark(measure);
    const system = measure?.closest(".system") ?? null;
    if (system && system !== this.system) {
      this.system = system;
      this.bring(system);
    }
  }

  private element(id: string): Element | null {
    if (!id) return null;
    return this.box.querySelector(`#${CSS.escape(id)}`);
  }

  private mark(measure: Element): void {
    const old = this.box.querySelector(".measure.now");
    if (old === measure) return;
    old?.classList.remove("now");
    measure.classList.add("now");
    this.wash.remove();
    const staves = [...measure.querySelectorAll<SVGGraphicsElement>(".staff")].map((staff) => staff.getBBox());
    if (!staves.length) return;
    const left = Math.min(...staves.map(({ x }) => x));
    const right = Math.max(...staves.map(({ x, width }) => x + width));
    const top = Math.min(...staves.map(({ y }) => y));
    const bottom = Math.max(...staves.map(({ y, height }) => y + height));
    const room = (right - left) * 0.01;
    const place = { x: left, y: top - room * 8, width: right - left, height: bottom - top + room * 16 };
    for (const [name, value] of Object.entries(place)) this.wash.setAttribute(name, String(value));
    measure.prepend(this.wash);
  }

  /** Scroll the box, not the page, so that the system stands near its top; not at all while it is well in sight. */
  private bring(system: Element): void {
    const outer = this.box.getBoundingClientRect();
    const inner = system.getBoundingClientRect();
    if (inner.top >= outer.top + 8 && inner.bottom <= outer.top + this.box.clientHeight * 0.8) return;
    const room = Math.max(16, (this.box.clientHeight - inner.height) * 0.25);
    this.box.scrollTo({ top: this.box.scrollTop + inner.top - outer.top - room, behavior: calm() || !this.app.transport.playing.value ? "auto" : "smooth" });
  }

  private clicked(target: Element): void {
    for (let at: Element | null = target; at && at !== this.box; at = at.parentElement) {
      const start = at.id ? this.moments.startOf(at.id) : null;
      if (start !== null) return this.app.transport.seek(start);
    }
    const measure = target.closest(".measure");
    const bar = measure && this.moments.startOfBar(measure.id);
    if (typeof bar === "number") this.app.transport.seek(bar);
  }
}

/** SVG text as an element that takes its box's width; anything that could act is left out. */
function engraving(text: string): Element {
  const svg = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  for (const element of svg.querySelectorAll("script, foreignObject, iframe")) element.remove();
  const size = (name: string) => Number.parseFloat(svg.getAttribute(name) ?? "");
  if (!svg.getAttribute("viewBox") && size("width") && size("height")) svg.setAttribute("viewBox", `0 0 ${size("width")} ${size("height")}`);
  svg.removeAttribute("width");
  svg.removeAttribute("height");
  svg.setAttribute("aria-hidden", "true");
  return document.importNode(svg, true);
}
