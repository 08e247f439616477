/** Beats as strokes, downbeats longer: to lay two trackers' beats above each other. */

import type { Beats } from "../song";
import { lastAtMost } from "../core/search";
import type { Lane } from "./lane";

export function beatsLane(beats: Beats, { id, name }: { id: string; name: string }): Lane {
  const downs = beats.position.filter((position) => position === 1).length;
  return {
    id, name, height: 22,
    words: `${name}: ${beats.time_s.length} beats, ${downs} of them first in their bar.`,
    paint({ context, scale, height, palette }) {
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
