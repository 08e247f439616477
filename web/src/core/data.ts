/** What a page carries: one JSON, and base64 files in script elements that are decoded only when wanted. */

import type { Download, SongData } from "../song";

export function loadSong(): SongData {
  const text = document.getElementById("song")?.textContent;
  if (!text) throw new Error("This page is empty: it holds no song. It was probably opened before it was filled.");
  const song = JSON.parse(text) as SongData;
  if (song.format !== "hexachord-page" || song.version !== 1)
    throw new Error(`This page cannot show its song: expected format hexachord-page 1, found ${song.format} ${song.version}.`);
  return song;
}

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const native = (Uint8Array as unknown as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> }).fromBase64;
  if (native) return native(base64.trim());
  const text = atob(base64.trim());
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Is there an element of that id with something in it? */
export function holds(element: string | null | undefined): element is string {
  return Boolean(element && document.getElementById(element)?.textContent);
}

/** The bytes of one embedded file. */
export function embedded(element: string): Uint8Array<ArrayBuffer> {
  const text = document.getElementById(element)?.textContent;
  if (!text) throw new Error(`The page lacks its part “${element}”.`);
  return bytesOf(text);
}

async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Response> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream);
}

export async function embeddedText(element: string): Promise<string> {
  return (await gunzip(embedded(element))).text();
}

export async function downloadBlob(download: Download): Promise<Blob> {
  if (!download.element) throw new Error("This file lies beside the page.");
  const bytes = await (await gunzip(embedded(download.element))).arrayBuffer();
  return new Blob([bytes], { type: download.mime });
}

/** Peaks as int8 pairs (min, max). */
export function peaksOf(values: string): Int8Array {
  return values ? new Int8Array(bytesOf(values).buffer) : new Int8Array(0);
}
