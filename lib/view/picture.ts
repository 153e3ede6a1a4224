/** A finished picture: an SVG, and on request a PNG. */

import { type Displayable, JUPYTER_DISPLAY } from "./display.ts";
import { rasterise } from "./png.ts";
import { darkStyle, inTheme, type ThemeName } from "./theme.ts";

/** How a PNG is drawn. */
export interface PngOptions {
  /** Colours of the PNG, which cannot follow the viewer's system. Default `"light"`. */
  readonly theme?: ThemeName;
  /** Pixels for each px of the picture. Default 2: sharp on a projector and on paper. */
  readonly scale?: number;
}

/** A picture. The same input gives the same bytes, on every machine. */
export interface Picture extends Displayable {
  /** An SVG document of its own; light, and dark where the viewer's system is dark. */
  readonly svg: string;
  /** The title as it stands in the picture. */
  readonly title: string;
  /** What the picture shows, for those who do not see it. */
  readonly alt: string;
  /** Width in px. */
  readonly width: number;
  /** Height in px. */
  readonly height: number;
  /**
   * The picture in pixels, for a viewer that shows no SVG.
   *
   * @throws {RangeError} If the scale is not above 0 and up to 8.
   */
  png(options?: PngOptions): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Gives a drawn SVG its ways out.
 *
 * @param parts `open` is the root's opening tag and `inside` its content, in the colours of the light
 * theme; the rest are the facts of the picture.
 * @returns The picture.
 */
export function makePicture(
  { open, inside, ...facts }:
    & { open: string; inside: string }
    & Pick<Picture, "title" | "alt" | "width" | "height">,
): Picture {
  const plain = `${open}${inside}</svg>`, svg = `${open}${darkStyle(plain)}${inside}</svg>`;

  function png({ theme = "light", scale = 2 }: PngOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return rasterise(inTheme(plain, theme), scale);
  }

  return {
    ...facts,
    svg,
    png,
    async [JUPYTER_DISPLAY]() {
      return {
        "image/svg+xml": svg,
        // the kernel sends no metadata with it, so only a PNG at scale 1 is shown in its right size
        "image/png": (await png({ scale: 1 })).toBase64(),
        "text/plain": `[picture: ${facts.alt}]`,
      };
    },
  };
}
