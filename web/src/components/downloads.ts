/** Files to take away: some are in the page, some lie beside it. */

import type { App } from "../core/app";
import { downloadBlob } from "../core/data";
import { h, icon } from "../core/dom";
import { size } from "../core/format";
import type { Download } from "../song";
import { DOWN } from "./icons";
import { panel } from "./panel";

export function downloads(app: App): HTMLElement | null {
  const all = app.song.downloads.filter((download) => download.element || download.href);
  if (!all.length) return null;
  const groups = grouped(all);
  const lead = all.some((download) => !download.element) ? "What is said to lie beside this page is in the folder it was made in; move it along with the page." : undefined;
  return panel(app, { id: "downloads", title: "Downloads", lead, shows: ["downloads"] }, h("div", { class: "download-groups" }, ...groups.map(([name, files]) =>
    h("details", { open: OPEN.has(name) }, h("summary", {}, name, h("span", {}, ` ${files.length}`)), h("ul", { class: "downloads" }, ...files.map((download) => h("li", {}, entry(download))))))));
}

const GROUPS: [name: string, holds: RegExp][] = [
  ["Scores", /\.(pdf|mid|midi|musicxml|mxl|abc|svg|png)$/i],
  ["Sound", /\.(flac|wav|mp3|ogg|opus|m4a)$/i],
  ["Labels for Audacity", /(labels.*\.txt$)/i],
  ["Tables", /\.csv$/i],
  ["Everything known", /./],
];

const OPEN = new Set(["Scores", "Sound"]);

function grouped(all: Download[]): [string, Download[]][] {
  const groups = new Map<string, Download[]>(GROUPS.map(([name]) => [name, []]));
  for (const download of all) {
    const [name] = GROUPS.find(([, holds]) => holds.test(download.name) || holds.test(download.element ?? ""))!;
    groups.get(name)!.push(download);
  }
  return [...groups].filter(([, files]) => files.length);
}

function entry(download: Download): HTMLElement {
  const words = [
    icon(DOWN),
    h("span", { class: "download-label" }, download.label),
    h("span", { class: "download-name" }, `${download.name} · ${size(download.bytes)}${download.element ? "" : " · beside this page"}`),
  ];
  // In a tab of its own: a page that was moved away from its files must not give way to the browser's complaint.
  if (!download.element) return h("a", { class: "download", href: download.href!, download: download.name, target: "_blank", rel: "noopener" }, ...words);
  const button = h("button", { type: "button", class: "download" }, ...words);
  button.addEventListener("click", async () => {
    try {
      const address = URL.createObjectURL(await downloadBlob(download));
      const link = h("a", { href: address, download: download.name });
      link.click();
      setTimeout(() => URL.revokeObjectURL(address), 30_000);
    } catch (error) {
      button.querySelector(".download-name")!.textContent = (error as Error).message;
    }
  });
  return button;
}
