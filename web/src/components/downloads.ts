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
  return panel(app, { id: "downloads", title: "Downloads", shows: ["downloads"] }, h("ul", { class: "downloads" }, ...all.map((download) => h("li", {}, entry(download)))));
}

function entry(download: Download): HTMLElement {
  const words = [
    icon(DOWN),
    h("span", { class: "download-label" }, download.label),
    h("span", { class: "download-name" }, `${download.name} · ${size(download.bytes)}${download.element ? "" : " · beside this page"}`),
  ];
  if (!download.element) return h("a", { class: "download", href: download.href!, download: download.name }, ...words);
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
