/** Which notes of an engraved score sound when. */

import type { ScorePages } from "../song";
import { lastAtMost } from "./search";

export class Moments {
  private starts = new Map<string, number>();
  private at = -1;
  private sounding = new Set<string>();

  constructor(private moments: ScorePages["moments"]) {
    moments.on.forEach((ids, i) => {
      for (const id of ids) if (!this.starts.has(id)) this.starts.set(id, moments.time_s[i]);
    });
  }

  /** When an element first sounds, or null. */
  startOf(id: string): number | null {
    return this.starts.get(id) ?? null;
  }

  /** The moment that is now, or -1 before the first. */
  index(time_s: number): number {
    return lastAtMost(this.moments.time_s, time_s + 1e-3);
  }

  /** The measure that is now, as an element id. */
  bar(i: number): string {
    return this.moments.bar[i] ?? "";
  }

  /** When a measure first begins, or null. */
  startOfBar(id: string): number | null {
    const i = this.moments.bar.indexOf(id);
    return i < 0 ? null : this.moments.time_s[i];
  }

  /** Ids that sound at moment `i`; walks on from the last answer when it can. */
  soundingAt(i: number): ReadonlySet<string> {
    const { on, off } = this.moments;
    if (i < this.at) {
      this.sounding.clear();
      this.at = -1;
    }
    for (let k = this.at + 1; k <= i; k++) {
      for (const id of off[k]) this.sounding.delete(id);
      for (const id of on[k]) this.sounding.add(id);
    }
    this.at = i;
    return this.sounding;
  }
}
