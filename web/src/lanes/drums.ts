/** Drum strokes on a small grid: a row for each drum, paler for softer. */

import type { BarClock } from "../core/bars";
import type { Drums } from "../song";
import { clock, percent, plural } from "../core/format";
import { lastAtMost } from "../core/search";
import { SANS } from "../view/canvas";
import type { Lane, LanePainting } from "./lane";
import { paintGrid } from "./ruler";

const ORDER = ["crash", "ride", "hihat_open", "hihat_closed", "tom", "snare", "kick"]; // as on a drum staff, from the top
const NAMES: Record<string, string> = { crash: "Crash", ride: "Ride", hihat_open: "Open hi-hat", hihat_closed: "Hi-hat", tom: "Tom", snare: "Snare", kick: "Kick" };
const ROW = 12;
const WIDE = 3;
const LIT_S = 0.09; // a stroke glows so long

export function drumName(label: string): string {
  return NAMES[label] ?? label.replaceAll("_", " ");
}

export function drumLane(drums: Drums, bars: BarClock | null): Lane {
  const rows = [...ORDER, ...new Set(drums.label)].filter((label, i, all) => drums.label.includes(label) && all.indexOf(label) === i);
  const row = drums.label.map((label) => rows.indexOf(label));
  const counts = rows.map((label) => `${plural(drums.label.filter((other) => other === label).length, "stroke")} of the ${drumName(label).toLowerCase()}`);
  const stroke = ({ context, scale }: LanePainting, i: number) => context.fillRect(scale.x(drums.time_s[i]) - 1, 4 + row[i] * ROW + 2, WIDE, ROW - 4);
  return {
    id: "drums",
    name: "Drums",
    height: 8 + ROW * rows.length,
    words: `Drums: ${counts.join(", ")}. They are listed as text below.`,
    paint(painting: LanePainting) {
      const { context, scale, palette } = painting;
      paintGrid(painting, bars);
      const crowded = (drums.time_s.length / (drums.time_s.at(-1) || 1)) * (scale.end - scale.start) > scale.width * 2;
      context.fillStyle = palette.note;
      for (let i = Math.max(0, lastAtMost(drums.time_s, scale.start - 0.01)); i < drums.time_s.length && drums.time_s[i] <= scale.end; i++) {
        context.globalAlpha = (0.2 + 0.8 * drums.velocity[i]) * (crowded ? 0.6 : 1);
        stroke(painting, i);
      }
      context.globalAlpha = 1;
    },
    sounding(painting, time_s) {
      painting.context.fillStyle = painting.palette.accent;
      for (let i = lastAtMost(drums.time_s, time_s + 1e-3); i >= 0 && drums.time_s[i] > time_s - LIT_S; i--) stroke(painting, i);
    },
    axis(context, width, _height, palette) {
      context.font = `500 10.5px ${SANS}`;
      context.textAlign = "right";
      context.textBaseline = "middle";
      context.fillStyle = palette.ink3;
      rows.forEach((label, i) => context.fillText(width < 60 ? drumName(label).replace("Open hi-hat", "Open") : drumName(label), width - 8, 4 + (i + 0.5) * ROW));
    },
    probe(time_s, y) {
      const wanted = Math.floor((y - 4) / ROW);
      let best = -1;
      for (let i = Math.max(0, lastAtMost(drums.time_s, time_s - 0.06)); i < drums.time_s.length && drums.time_s[i] < time_s + 0.06; i++)
        if (row[i] === wanted && (best < 0 || Math.abs(drums.time_s[i] - time_s) < Math.abs(drums.time_s[best] - time_s))) best = i;
      if (best < 0) return null;
      const sure = drums.confidence[best];
      return `${drumName(drums.label[best])} · ${clock(drums.time_s[best], 2)} · velocity ${Math.round(drums.velocity[best] * 127)}${sure === null ? "" : ` · ${percent(sure)} sure`}`;
    },
  };
}
