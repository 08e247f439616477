/** Grey pictures out of the page: their values, to be coloured for the theme. */

import { embedded } from "../core/data";

export interface Grey {
  width: number;
  height: number;
  values: Uint8Array;
}

/** Decode an 8-bit greyscale PNG of the page. */
export async function greyOf(element: string): Promise<Grey> {
  const blob = new Blob([embedded(element)], { type: "image/png" });
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: "none" });
  const canvas = document.createElement("canvas");
  const { width, height } = bitmap;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0);
  const pixels = context.getImageData(0, 0, width, height).data;
  const values = new Uint8Array(width * height);
  for (let i = 0; i < values.length; i++) values[i] = pixels[4 * i];
  return { width, height, values };
}

/** Paint grey values into a canvas by a table of 256 RGBA colours. */
export function coloured({ width, height, values }: Grey, table: Uint8ClampedArray, canvas = document.createElement("canvas")): HTMLCanvasElement {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(width, height);
  const colours = new Uint32Array(table.buffer);
  const out = new Uint32Array(image.data.buffer);
  for (let i = 0; i < out.length; i++) out[i] = colours[values[i]];
  context.putImageData(image, 0, 0);
  return canvas;
}
