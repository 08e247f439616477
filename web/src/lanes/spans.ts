/** Chords, keys and sections: named stretches of time. */

import type { SecondChoices, Spans } from "../song";
import { clock, percent } from "../core/format";
import { lastAtMost, spanAt } from "../core/search";
import { fitted, SANS, SERIF } from "../view/canvas";
import { shadesOf } from "../view/theme";
import { differences } from "./differences";
import type { Lane, LanePainting } from "./lane";

export interface SpanStyle {
  id: string;
  name: string;
  height: number;
  coloured: boolean;   // a ground for every kind of label; else only hairlines
  strong: boolean;     // larger lettering
  kind: string;        // "chord", for the words
  follows: boolean;    // underline the one that sounds
  against?: Spans;     // tint where this says something else
  shaded?: boolean;    // a ground that is darker the surer
  under?: readonly string[];            // a smaller word below each
  tells?: (i: number) => string[];      // what more is known of each, for the pointer
  second?: SecondChoices;               // what else each may be: for the pointer, and beside the name where it is close
}

const NOTHING = new Set(["N", "X", "", "N.C."]);

/** "or Em, 31 %"; "" where nothing else comes in question. */
export function secondChoice(second: SecondChoices | null | undefined, i: number): string {
  const text = second?.text[i];
  const sure = second?.confidence[i] ?? null;
  return text ? `or ${text}${sure === null ? "" : `, ${percent(sure)}`}` : "";
}

export function spansLane(spans: Spans, style: SpanStyle): Lane {
  const shades = shadesOf(spans.label);
  const close = style.second?.close.filter(Boolean).length ?? 0;
  const named = spans.text.filter((_, i) => !NOTHING.has(spans.label[i]));
  const kinds = [...new Set(named)];
  const differs = style.against ? differences(spans, style.against) : [];
  const whole = (spans.end_s.at(-1) ?? 0) - (spans.start_s[0] ?? 0) || 1;
  const share = (partly: boolean) => percent(Math.min(1, differs.filter((d) => d.partly === partly).reduce((sum, d) => sum + d.to_s - d.from_s, 0) / whole));
  return {
    id: style.id,
    name: style.name,
    height: style.height,
    words: `${style.name}: ${named.length} ${style.kind}${named.length === 1 ? "" : "s"}. ${kinds.slice(0, 12).join(", ")}${kinds.length > 12 ? " and others" : ""}. They are listed as text below.${close ? ` ${close} of them could as well be another.` : ""}${style.against ? ` They differ from the row above for ${share(false)} of the time, and only beyond the triad for ${share(true)}.` : ""}`,
    paint({ context, scale, height, palette }: LanePainting) {
      context.font = style.strong ? `600 13.5px ${SANS}` : `500 12px ${SANS}`;
      context.textBaseline = "middle";
      context.fillStyle = palette.differs;
      for (const { from_s, to_s, partly } of differs) {
        if (to_s < scale.start || from_s > scale.end) continue;
        const left = scale.x(from_s);
        context.fillRect(left, partly ? height - 5 : 0, Math.max(1, scale.x(to_s) - left - 1), partly ? 5 : height);
      }
      if (!named.length) {
        context.font = `500 12px ${SANS}`;
        context.fillStyle = palette.ink3;
        context.fillText(`no ${style.kind}`, 6, height / 2 + 1);
      }
      let shown = -Infinity;
      for (let i = Math.max(0, lastAtMost(spans.start_s, scale.start)); i < spans.label.length && spans.start_s[i] < scale.end; i++) {
        const left = scale.x(spans.start_s[i]);
        const right = scale.x(spans.end_s[i]);
        if (right < 0) continue;
        const silent = NOTHING.has(spans.label[i]);
        if (style.shaded && !silent) {
          context.fillStyle = palette.note;
          context.globalAlpha = 0.03 + 0.24 * (spans.confidence[i] ?? 0.5) ** 2;
          context.fillRect(left, 0, Math.max(1, right - left - 1), height);
          context.globalAlpha = 1;
        }
        if (style.coloured) {
          context.fillStyle = palette.tints[shades[i]];
          context.fillRect(left, 0, Math.max(1, right - left - 1), height);
        } else if (!silent) {
          context.fillStyle = palette.ink3;
          context.globalAlpha = 0.5;
          context.fillRect(Math.round(left), 4, 1, height - 8);
          context.globalAlpha = 1;
        }
        if (silent) continue;
        const from = Math.max(left, 0) + 6;
        const room = Math.min(right, scale.width) - from - 3;
        const text = room > 8 && from > shown ? fitted(context, spans.text[i], room) : "";
        if (!text) continue;
        context.fillStyle = palette.ink;
        context.globalAlpha = style.shaded ? 1 : 0.5 + 0.5 * (spans.confidence[i] ?? 1); // paler: less sure
        context.fillText(text, from, style.under ? height / 2 - 8 : height / 2 + 1);
        context.globalAlpha = 1;
        const wide = context.measureText(text).width;
        shown = from + wide + 4;
        if (style.second?.close[i]) shown = paintSecond(context, style.second.text[i], from, wide, room, style.under ? height / 2 - 8 : height / 2 + 1, palette.ink2);
        if (style.under) {
          const font = context.font;
          context.font = `400 13.5px ${SERIF}`;
          context.fillStyle = palette.ink2;
          const wide = context.measureText(style.under[i]).width; // half a numeral is another one
          if (wide <= room) {
            context.fillText(style.under[i], from, height / 2 + 11);
            shown = Math.max(shown, from + wide + 4);
          }
          context.font = font;
        }
      }
      context.textBaseline = "alphabetic";
    },
    probe(time_s) {
      const i = spanAt(spans, time_s);
      if (i < 0) return null;
      const sure = spans.confidence[i];
      return [spans.text[i] || "no chord", ...(style.tells?.(i) ?? []), `${clock(spans.start_s[i], 1)}–${clock(spans.end_s[i], 1)}`, sure === null ? "" : `${percent(sure)} sure`, secondChoice(style.second, i)].filter(Boolean).join(" · ");
    },
    span(time_s) {
      const i = spanAt(spans, time_s);
      return i < 0 ? null : { start: spans.start_s[i], end: spans.end_s[i] };
    },
    sounding({ context, scale, height, palette }, time_s) {
      if (!style.follows) return;
      const i = spanAt(spans, time_s);
      if (i < 0 || NOTHING.has(spans.label[i])) return;
      const left = Math.max(0, scale.x(spans.start_s[i]));
      const right = Math.min(scale.width, scale.x(spans.end_s[i]));
      if (right <= left) return;
      context.fillStyle = palette.accent;
      context.fillRect(left, height - 2, right - left - 1, 2);
    },
  };
}

/** Dots under a name that could as well be another, and the other beside it where there is room; returns where it ends. */
function paintSecond(context: CanvasRenderingContext2D, text: string, from: number, wide: number, room: number, middle: number, ink: string): number {
  context.fillStyle = ink;
  for (let x = from; x < from + wide - 1; x += 4) context.fillRect(x, middle + 9, 1.5, 1.5);
  const font = context.font;
  context.font = `400 11.5px ${SANS}`;
  const words = `or ${text}`;
  const more = context.measureText(words).width;
  const fits = wide + 6 + more <= room;
  if (fits) context.fillText(words, from + wide + 6, middle + 0.5);
  context.font = font;
  return from + wide + (fits ? more + 10 : 4);
}
