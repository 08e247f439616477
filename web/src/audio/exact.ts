/** Sound in which any moment can be found exactly.
 *
 * A browser seeks in an MP3 by an index of a hundred points and a guess between them: measured in Chromium, up to 0.3 s beside the asked
 * time, and every highlight with it. So the file plays at once, and meanwhile it is decoded to plain samples, where a seek is exact and
 * speed still changes without pitch. */

import type { Track } from "../song";
import { leadIn } from "./player";

const RATE_HZ = 44100;
const LONGEST_S = 20 * 60; // plain samples of more than this would fill a phone's memory
const PIECE = RATE_HZ * 4; // frames converted at a stretch, a few milliseconds

export async function exactSound(file: Blob, track: Pick<Track, "lead_in_s">, duration_s: number): Promise<Blob | null> {
  if (duration_s > LONGEST_S || file.type === "audio/wav") return null;
  const context = new OfflineAudioContext(1, 1, RATE_HZ);
  const buffer = await context.decodeAudioData(await file.arrayBuffer());
  const skip = Math.round(leadIn(track.lead_in_s, buffer.duration, duration_s) * RATE_HZ);
  const channels = Math.min(2, buffer.numberOfChannels);
  const count = buffer.length - skip;
  const parts: BlobPart[] = [waveHeader(count, channels)];
  const data = Array.from({ length: channels }, (_, c) => buffer.getChannelData(c));
  for (let from = 0; from < count; from += PIECE) {
    const to = Math.min(count, from + PIECE);
    const out = new Int16Array((to - from) * channels);
    for (let c = 0; c < channels; c++) {
      const samples = data[c];
      for (let i = from, k = c; i < to; i++, k += channels) {
        const x = samples[i + skip];
        out[k] = x >= 1 ? 32767 : x <= -1 ? -32768 : Math.round(x * 32767);
      }
    }
    parts.push(new Blob([out])); // handed to the browser's store, so that memory holds it once
    await new Promise((next) => setTimeout(next));
  }
  return new Blob(parts, { type: "audio/wav" });
}

function waveHeader(frames: number, channels: number): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(44));
  const bytes = frames * channels * 2;
  const word = (at: number, text: string) => [...text].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  word(0, "RIFF");
  view.setUint32(4, 36 + bytes, true);
  word(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, RATE_HZ, true);
  view.setUint32(28, RATE_HZ * channels * 2, true);
  view.setUint16(32, channels * 2, true);
  view.setUint16(34, 16, true);
  word(36, "data");
  view.setUint32(40, bytes, true);
  return view.buffer;
}
