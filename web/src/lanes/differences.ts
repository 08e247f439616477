/** Where two lists of chords or sections say different things. */

import type { Spans } from "../song";
import { spanAt } from "../core/search";

export interface Difference {
  from_s: number;
  to_s: number;
  partly: boolean; // the same triad, another seventh or bass
}

const SILENT = new Set(["N", "X", "", "N.C."]);
const SHORTEST_S = 0.1; // a border drawn a little elsewhere is no other name

/** Root and third of a chord in Harte's syntax: "E:min7/b3" -> "E min". Other labels stay what they are. */
export function triad(label: string): string {
  const [, root, quality = "maj"] = /^([A-G][b#]*)(?::([^/(]+))?/.exec(label) ?? [];
  if (!root) return label;
  return `${root} ${/^(min|dim|hdim)/.test(quality) ? "min" : "maj"}`;
}

/** Stretches with different names, in order; silence against a name is a difference too. */
export function differences(a: Spans, b: Spans): Difference[] {
  const edges = [...new Set([...a.start_s, ...a.end_s, ...b.start_s, ...b.end_s])].sort((x, y) => x - y);
  const name = (spans: Spans, time_s: number) => {
    const i = spanAt(spans, time_s);
    return i < 0 || SILENT.has(spans.label[i]) ? "" : spans.label[i];
  };
  const found: Difference[] = [];
  for (let k = 0; k + 1 < edges.length; k++) {
    const middle = (edges[k] + edges[k + 1]) / 2;
    const [x, y] = [name(a, middle), name(b, middle)];
    if (x === y) continue;
    const partly = x !== "" && y !== "" && triad(x) === triad(y);
    const last = found.at(-1);
    if (last && last.to_s === edges[k] && last.partly === partly) last.to_s = edges[k + 1];
    else found.push({ from_s: edges[k], to_s: edges[k + 1], partly });
  }
  return found.filter(({ from_s, to_s }) => to_s - from_s > SHORTEST_S);
}
