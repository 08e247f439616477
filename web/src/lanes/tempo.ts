/** The tempo over time: a smoothed line, its axis in beats a minute. */

import type { BarClock } from "../core/bars";
import { clock } from "../core/format";
import { lastAtMost } from "../core/search";
import { extent, type Range, type Rhythm } from "../core/rhythm";
import { SANS } from "../view/canvas";
import type { Lane, LanePainting } from "./lane";
import { paintGrid } from "./ruler";

const LEAST_SPAN = 0.12; // of the middle tempo: what is steady shall look steady
const STEPS = [1, 2, 5, 10, 20, 50, 100];
const EDGE = 7; // pixels above and below the line

export function tempoLane(rhythm: Rhythm, bars: BarClock): Lane {
  let known: { bpm: number[]; range: Range } | null = null;
  const range = () => {
    const { bpm } = rhythm.curve;
    if (known?.bpm !== bpm) known = { bpm, range: rangeOf(bpm) };
    return known.range;
  };
  const y = (bpm: number, height: number) => {
    const { low, high } = range();
    return EDGE + ((high - bpm) / (high - low)) * (height - 2 * EDGE);
  };
  return {
    id: "tempo",
    name: "Tempo",
    height: 56,
    get words() {
      const { low, high } = extent(rhythm.curve.bpm);
      return rhythm.curve.bpm.length ? `Tempo curve, smoothed, between ${low.toFixed(0)} and ${high.toFixed(0)} beats a minute.` : "Tempo curve: too few beats for one.";
    },
    paint(painting: LanePainting) {
      const { context, scale, height, palette } = painting;
      paintGrid(painting, bars);
      context.fillStyle = palette.line;
      for (const mark of marks(range())) context.fillRect(0, Math.round(y(mark, height)), scale.width, 1);
      const { time_s, bpm } = rhythm.curve;
      context.beginPath();
      const first = Math.max(0, lastAtMost(time_s, scale.start));
      for (let i = first; i < time_s.length && (i === first || time_s[i - 1] <= scale.end); i++) {
        if (i === first) context.moveTo(scale.x(time_s[i]), y(bpm[i], height));
        else context.lineTo(scale.x(time_s[i]), y(bpm[i], height));
      }
      context.strokeStyle = palette.ink;
      context.lineWidth = 1.5;
      context.lineJoin = "round";
      context.stroke();
    },
    sounding({ context, scale, height, palette }, time_s) {
      const bpm = rhythm.bpmAt(time_s);
      if (bpm === null || time_s < scale.start || time_s > scale.end) return;
      context.fillStyle = palette.accent;
      context.beginPath();
      context.arc(scale.x(time_s), y(bpm, height), 3.5, 0, 2 * Math.PI);
      context.fill();
    },
    axis(context, width, height, palette) {
      context.font = `500 11px ${SANS}`;
      context.textAlign = "right";
      context.textBaseline = "middle";
      context.fillStyle = palette.ink3;
      for (const mark of marks(range())) context.fillText(String(mark), width - 8, y(mark, height));
    },
    probe(time_s) {
      const bpm = rhythm.bpmAt(time_s);
      const place = bars.at(time_s);
      return bpm === null ? null : `${bpm.toFixed(1)} BPM · ${place && place.bar ? `bar ${place.bar}` : clock(time_s, 1)}`;
    },
  };
}

function rangeOf(bpm: readonly number[]): Range {
  const { low, high } = extent(bpm);
  const room = Math.max(0, (LEAST_SPAN * (low + high)) / 2 - (high - low)) / 2;
  return { low: low - room, high: high + room };
}

/** Two or three round numbers within a range. */
function marks({ low, high }: Range): number[] {
  const step = STEPS.find((s) => Math.floor(high / s) - Math.ceil(low / s) <= 2) ?? 200;
  const first = Math.ceil(low / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((high - first) / step) + 1) }, (_, i) => first + i * step);
}
