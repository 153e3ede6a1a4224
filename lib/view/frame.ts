/** Title, subtitle, legend and drawing in one frame. */

import { renumberClips } from "./draw.ts";
import type { Piece } from "./legend.ts";
import { escapeMarkup } from "./markup.ts";
import { makePicture, type Picture } from "./picture.ts";
import { wrapText } from "./text_size.ts";
import { FONT_FAMILY, FONT_PX, LIGHT } from "./theme.ts";

/** What goes into a frame. */
export interface FrameOptions {
  /** What to see, in one sentence. */
  readonly title: string;
  /** How to read it, in second rank. */
  readonly subtitle?: string;
  /** What the picture shows, for those who do not see it. */
  readonly alt: string;
  /** Width in px. */
  readonly width: number;
  /** Between the titles and the drawing. */
  readonly legend?: Piece;
  /** The drawing, from its own left upper corner. */
  readonly body: Piece;
}

/** Room at the left and right of title and legend, in px. */
export const SIDE = 16;

/** Room above and below all, in px. */
const ABOVE = 12, BELOW = 8;

/** Room that the frame leaves for title and legend in a picture of this width, in px. */
export function innerWidth(width: number): number {
  return width - 2 * SIDE;
}

/**
 * Puts title, subtitle, legend and drawing under each other.
 *
 * @param options The parts.
 * @returns The picture.
 * @throws {TypeError} If there is no title or no `alt`.
 */
export function frame({ title, subtitle, alt, width, legend, body }: FrameOptions): Picture {
  for (const [name, text] of Object.entries({ title, alt })) {
    if (!text?.trim()) throw new TypeError(`Cannot draw a picture as ${name} must not be empty`);
  }
  let y = ABOVE, markup = "";
  const heading = (text: string, sizePx: number, more: string, weight?: "bold") => {
    for (
      const line of wrapText(text, {
        widthPx: innerWidth(width),
        sizePx,
        weight,
        balance: weight === "bold", // no single word below a title
      })
    ) {
      y += Math.round(sizePx * 1.35);
      const baseline = y - Math.round(sizePx * 0.3);
      markup +=
        `<text x="${SIDE}" y="${baseline}" text-anchor="start" font-size="${sizePx}"${more}>${
          escapeMarkup(line)
        }</text>`;
    }
  };
  heading(title, FONT_PX.title, ' font-weight="bold"', "bold");
  y += 2;
  if (subtitle) heading(subtitle, FONT_PX.base, ` fill="${LIGHT.muted}"`);
  y += 8;
  for (const [piece, x] of [[legend, SIDE], [body, 0]] as const) {
    if (!piece) continue;
    markup += `<g transform="translate(${x},${y})">${piece.markup}</g>`;
    y += piece.height + (piece === legend ? 6 : 0);
  }
  const height = y + BELOW;
  // Plot centres text by default and its marks rely on inheriting that
  const open = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" font-family="${FONT_FAMILY}" font-size="${FONT_PX.base}" ` +
    `text-anchor="middle" fill="${LIGHT.ink}" role="img" aria-label="${escapeMarkup(alt)}">`;
  const ground = `<rect width="${width}" height="${height}" fill="${LIGHT.paper}"/>`;
  return makePicture({
    open,
    inside: ground + renumberClips(markup),
    title,
    alt,
    width,
    height,
  });
}
