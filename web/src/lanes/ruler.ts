/** Bars and beats, or seconds where no beat was found. */

import type { Beats } from "../song";
import type { BarClock } from "../core/bars";
import { clock } from "../core/format";
import { lastAtMost } from "../core/search";
import { SANS } from "../view/canvas";
import type { Lane, LanePainting } from "./lane";

const STEPS_S = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600];

export function secondsRuler(): Lane {
  return {
    id: "ruler", name: "Time", height: 26, words: "Ruler in minutes and seconds.",
    paint({ context, scale, height, palette }) {
      const per_s = scale.width / (scale.end - scale.start);
      const step = STEPS_S.find((s) => s * per_s >= 64) ?? 1200;
      context.font = `500 11px ${SANS}`;
      context.fillStyle = palette.ink2;
      for (let t = Math.ceil(scale.start / step) * step; t <= scale.end; t += step) {
        const x = Math.round(scale.x(t));
        context.fillRect(x, height - 7, 1, 7);
        context.fillText(clock(t, step < 1 ? 1 : 0), x + 4, 13);
      }
    },
  };
}

export function barRuler(bars: BarClock, beats: Beats, name: string): Lane {
  const startsNow = () => bars.bars.map((bar) => bar.time_s); // another reading of the rhythm has others
  return {
    id: "ruler", name, height: 26,
    get words() {
      return `Ruler of ${bars.bars.at(-1)?.number ?? 0} bars with ${bars.time_s.length} beats.`;
    },
    paint({ context, scale, height, palette }: LanePainting) {
      const starts = startsNow();
      const asHeard = bars.time_s === beats.time_s;
      const span = scale.end - scale.start;
      const perBar = starts.length > 1 ? (scale.width / span) * ((starts.at(-1)! - starts[0]) / (starts.length - 1)) : 200;
      const perBeat = (perBar * starts.length) / Math.max(1, bars.time_s.length);
      const stride = [1, 2, 4, 8, 16, 32, 64, 128].find((n) => n * perBar >= 44) ?? 256;
      context.font = `500 11px ${SANS}`;
      if (perBeat >= 7) {
        context.fillStyle = palette.ink3;
        for (let i = Math.max(0, lastAtMost(bars.time_s, scale.start)); i < bars.time_s.length && bars.time_s[i] <= scale.end; i++) {
          const sure = asHeard ? (beats.confidence[i] ?? 1) : 1;
          context.globalAlpha = 0.35 + 0.65 * sure;
          context.fillRect(Math.round(scale.x(bars.time_s[i])), height - 4, 1, 4);
        }
        context.globalAlpha = 1;
      }
      for (let i = Math.max(0, lastAtMost(starts, scale.start)); i < starts.length && starts[i] <= scale.end; i++) {
        const { number, time_s } = bars.bars[i];
        const x = Math.round(scale.x(time_s));
        const named = (number - 1) % stride === 0;
        if (!named && perBar < 5) continue;
        context.fillStyle = named ? palette.ink2 : palette.ink3;
        context.fillRect(x, named ? height - 10 : height - 6, 1, 10);
        if (named) context.fillText(String(number), x + 4, 13);
      }
    },
    probe(time_s) {
      const place = bars.at(time_s);
      return place ? `bar ${place.bar}, beat ${place.beat}` : null;
    },
    span(time_s) {
      const starts = startsNow();
      const i = lastAtMost(starts, time_s);
      return i < 0 ? null : { start: starts[i], end: starts[i + 1] ?? bars.time_s.at(-1)! };
    },
  };
}

/** The faint lines that beats draw through any lane. */
export function paintGrid({ context, scale, height, palette }: LanePainting, bars: BarClock | null): void {
  if (!bars) return;
  const span = scale.end - scale.start;
  const starts = bars.bars;
  if (!starts.length || (starts.length / bars.time_s.at(-1)!) * span > scale.width / 6) return;
  context.fillStyle = palette.line;
  const first = Math.max(0, lastAtMost(starts.map((bar) => bar.time_s), scale.start));
  for (let i = first; i < starts.length && starts[i].time_s <= scale.end; i++)
    context.fillRect(Math.round(scale.x(starts[i].time_s)), 0, 1, height);
}
