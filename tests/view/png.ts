/** Reads a PNG, independently of what made it. */

import { inflateSync } from "node:zlib";

/** A decoded picture. */
export interface Pixels {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** 3 for red, green, blue; 4 with alpha. */
  readonly channels: number;
  /** The channels of each pixel, row after row. (width × height × channels) */
  readonly flat: Uint8Array;
}

/** Decodes 8-bit RGB or RGBA without interlacing, which is what resvg and Chromium write. */
export function decodePng(bytes: Uint8Array): Pixels {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.subarray(1, 4).toHex() !== "504e47") throw new TypeError("Cannot decode: no PNG");
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const [depth, colour, interlaced] = [bytes[24], bytes[25], bytes[28]];
  const channels = { 2: 3, 6: 4 }[colour];
  if (depth !== 8 || !channels || interlaced) throw new TypeError("Cannot decode this kind of PNG");
  const parts: Uint8Array[] = [];
  for (let at = 8; at < bytes.length; at += 12 + view.getUint32(at)) {
    const kind = new TextDecoder().decode(bytes.subarray(at + 4, at + 8));
    if (kind === "IDAT") parts.push(bytes.subarray(at + 8, at + 8 + view.getUint32(at)));
  }
  const raw = inflateSync(concat(parts)), stride = width * channels;
  if (raw.length !== (stride + 1) * height) {
    throw new RangeError("Cannot decode: bytes are missing");
  }
  const flat = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x >= channels ? flat[at - channels] : 0, up = y > 0 ? flat[at - stride] : 0;
      const corner = x >= channels && y > 0 ? flat[at - stride - channels] : 0;
      flat[at] = raw[y * (stride + 1) + 1 + x] + guess(filter, left, up, corner);
    }
  }
  return { width, height, channels, flat };
}

/** Colour of one pixel as `#rrggbb`. */
export function colourAt({ width, channels, flat }: Pixels, x: number, y: number): string {
  const at = (y * width + x) * channels;
  return `#${flat.subarray(at, at + 3).toHex()}`;
}

/** What a filter of PNG expects of a byte from its neighbours. */
function guess(filter: number, left: number, up: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  const sum = left + up - corner; // Paeth: the neighbour nearest to it
  const a = Math.abs(sum - left), b = Math.abs(sum - up), c = Math.abs(sum - corner);
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
