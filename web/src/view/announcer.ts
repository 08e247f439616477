/** Says things to a screen reader, sparingly: the last thing said within a moment wins. */

import { h } from "../core/dom";

export class Announcer {
  readonly element = h("div", { class: "unseen", role: "status", "aria-live": "polite" });
  private timer = 0;

  say(text: string): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.element.textContent = text;
    }, 150);
  }
}
