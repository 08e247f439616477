/** What is heard: the original, the transcription, or both; both in both ears, or each in one of its own. */

import { Signal } from "../core/signal";
import type { NoteTones } from "./note-tones";
import type { Transport } from "./transport";

export const HEARINGS = ["original", "both", "transcription"] as const;
export type Heard = (typeof HEARINGS)[number];

export class Hearing {
  readonly heard = new Signal<Heard>("original");
  readonly apart = new Signal(false); // the original left, the transcription right

  constructor(
    private transport: Transport,
    private tones: NoteTones,
  ) {
    this.heard.on(() => this.settle());
    this.apart.on(() => this.settle());
  }

  /** The next of the three. */
  turn(): void {
    this.heard.set(HEARINGS[(HEARINGS.indexOf(this.heard.value) + 1) % HEARINGS.length]);
  }

  private settle(): void {
    const heard = this.heard.value;
    const side = this.apart.value && heard === "both" ? 1 : 0;
    this.transport.setShare(heard === "transcription" ? 0 : 1);
    this.transport.setSide(-side);
    this.tones.setSide(side);
    this.tones.on.set(heard !== "original");
  }
}
