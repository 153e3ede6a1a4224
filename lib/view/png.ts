/**
 * SVG to PNG. The renderer and its two font files are loaded when the first PNG is asked for, and no
 * font of the machine is used: the same picture has the same pixels everywhere.
 *
 * Needs the permissions of a native add-on: read, sys and ffi.
 */

import { fileURLToPath } from "node:url";
import { FONT_FAMILY } from "./theme.ts";

/**
 * Turns a picture into pixels.
 *
 * @param svg An SVG with `xmlns`, `width` and `height`.
 * @param scale Pixels for each px of the picture, above 0.
 * @returns The bytes of a PNG file.
 * @throws {RangeError} If `scale` is not a number above 0 and up to 8.
 */
export async function rasterise(svg: string, scale: number): Promise<Uint8Array<ArrayBuffer>> {
  if (!(scale > 0 && scale <= 8)) {
    throw new RangeError(`Cannot draw a PNG as scale must be above 0 and up to 8: ${scale}`);
  }
  const [{ Resvg }, fontFiles] = await Promise.all([import("@resvg/resvg-js"), findFonts()]);
  const options = {
    fitTo: { mode: "zoom" as const, value: scale },
    // Not `fontBuffers`: 2.6.2 knows them in its WebAssembly build only, and the native one that is
    // used here then silently drops all options and takes the machine's fonts.
    font: {
      loadSystemFonts: false,
      fontFiles,
      defaultFontFamily: FONT_FAMILY.split(",")[0],
    },
  };
  return new Uint8Array(new Resvg(svg, options).render().asPng());
}

/** Where the regular and the bold font lie on disk: they are files of an npm package. */
async function findFonts(): Promise<string[]> {
  // Deno knows the path of an npm file only once the file has been imported
  await Promise.all([
    import("dejavu-fonts-ttf/ttf/DejaVuSans.ttf", { with: { type: "bytes" } }),
    import("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf", { with: { type: "bytes" } }),
  ]);
  return [
    import.meta.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"),
    import.meta.resolve("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf"),
  ].map((url) => fileURLToPath(url));
}
