/** A titled part of the page, with the commands that make it below. */

import type { App } from "../core/app";
import { h } from "../core/dom";
import { commandLines } from "./command";

export interface PanelOptions {
  id: string;
  title: string;
  lead?: string;              // one line under the title
  shows?: string[];           // ids of what it shows: whose commands it prints, which sentences it is evidence for
  tools?: HTMLElement | null; // right of the title
}

export function panel(app: App, { id, title, lead, shows = [id], tools }: PanelOptions, ...children: (Node | null)[]): HTMLElement {
  const commands = commandLines(shows.map((shown) => app.song.commands[shown]));
  const section = h(
    "section",
    { class: "panel", id, "aria-labelledby": `${id}-title`, "data-shows": shows.join(" ") },
    h("header", { class: "panel-head" }, h("div", {}, h("h2", { id: `${id}-title`, tabindex: -1 }, title), lead ? h("p", { class: "lead" }, lead) : null), tools),
    ...children,
    commands,
  );
  app.evidence.on((sentence) => section.classList.toggle("evident", Boolean(sentence && shows.includes(sentence.panel))));
  return section;
}

/** The panel that is evidence for sentences about `subject`. */
export function panelFor(subject: string): HTMLElement | null {
  return document.querySelector(`[data-shows~="${CSS.escape(subject)}"]`);
}
