/** Reads a PNG, independently of what made it. */

import { inflateSync } from "node:zlib";

/** A decoded picture. */
export interface Pixels {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** Red, green, blue and alpha of each pixel, row after row. (width × height × 4) */
  readonly rgba: Uint8Array;
}

/** Decodes 8-bit RGBA without interlacing, which is what resvg writes. */
export function decodePng(bytes: Uint8Array): Pixels {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.subarray(1, 4).toHex() !== "504e47") throw new TypeError("Cannot decode: no PNG");
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const [depth, colour, interlaced] = [bytes[24], bytes[25], bytes[28]];
  if (depth !== 8 || colour !== 6 || interlaced) throw new TypeError("Cannot decode this PNG");
  const parts: Uint8Array[] = [];
  for (let at = 8; at < bytes.length; at += 12 + view.getUint32(at)) {
    const kind = new TextDecoder().decode(bytes.subarray(at + 4, at + 8));
    if (kind === "IDAT") parts.push(bytes.subarray(at + 8, at + 8 + view.getUint32(at)));
  }
  const raw = inflateSync(concat(parts)),
    stride = width * 4,
    rgba = new Uint8Array(stride * height);
  if (raw.length !== (stride + 1) * height) {
    throw new RangeError("Cannot decode: bytes are missing");
  }
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x >= 4 ? rgba[at - 4] : 0, up = y > 0 ? rgba[at - stride] : 0;
      const corner = x >= 4 && y > 0 ? rgba[at - stride - 4] : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      rgba[at] = raw[y * (stride + 1) + 1 + x] + guess;
    }
  }
  return { width, height, rgba };
}

/** Colour of one pixel as `#rrggbb`. */
export function colourAt({ width, rgba }: Pixels, x: number, y: number): string {
  const at = (y * width + x) * 4;
  return `#${rgba.subarray(at, at + 3).toHex()}`;
}

/** The predictor of PNG's fifth filter: the neighbour nearest to left + up - corner. */
function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [left, up, corner].map((value) => Math.abs(guess - value));
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
