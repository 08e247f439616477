/** Beats as strokes, downbeats longer: to lay two trackers' beats above each other. */

import type { Counted } from "../core/bars";
import { lastAtMost } from "../core/search";
import type { Lane } from "./lane";

export function beatsLane(now: () => Counted, { id, name }: { id: string; name: string }): Lane {
  return {
    id, name, height: 22,
    get words() {
      const { time_s, position } = now();
      return `${name}: ${time_s.length} beats, ${position.filter((place) => place === 1).length} of them first in their bar.`;
    },
    paint({ context, scale, height, palette }) {
      const beats = now();
      const crowded = (beats.time_s.length / (beats.time_s.at(-1) ?? 1)) * (scale.end - scale.start) > scale.width / 4;
      for (let i = Math.max(0, lastAtMost(beats.time_s, scale.start)); i < beats.time_s.length && beats.time_s[i] <= scale.end; i++) {
        const down = beats.position[i] === 1;
        if (crowded && !down) continue;
        const tall = down ? height - 6 : (height - 6) * 0.5;
        context.fillStyle = down ? palette.ink : palette.ink3;
        context.fillRect(Math.round(scale.x(beats.time_s[i])), height - 3 - tall, down ? 1.5 : 1, tall);
      }
    },
  };
}
