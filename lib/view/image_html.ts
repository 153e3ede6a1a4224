/** Pictures inside a page. */

import { base64, escapeMarkup } from "./markup.ts";

/** Size of a picture in px, as far as it is known. */
export interface ImageSize {
  /** Width. */
  readonly width?: number;
  /** Height. */
  readonly height?: number;
}

/**
 * An SVG as an `<img>`: there its scripts do not run and its styles and ids stay its own, while it
 * still follows the viewer's light or dark.
 *
 * @param svg An SVG document.
 * @param alt What it shows; a `[picture: …]` around it is taken off.
 * @returns A `<div class="figure">` that can be scrolled sideways on a phone.
 */
export function svgHtml(svg: string, alt: string): string {
  const root = /<svg\b[^>]*>/.exec(svg)?.[0] ?? "<svg>";
  const size = (name: string) => {
    const px = Number(new RegExp(`\\s${name}="([\\d.]+)(?:px)?"`).exec(root)?.[1]);
    return px > 0 ? px : undefined;
  };
  // without it an <img> shows nothing; elements that a page draws itself need not have it
  const whole = root.includes("xmlns=")
    ? svg
    : svg.replace(/<svg\b/, '<svg xmlns="http://www.w3.org/2000/svg"');
  return imageHtml({
    source: `data:image/svg+xml;base64,${base64(whole)}`,
    alt: alt.replace(/^\[(?:picture|chart): ([\s\S]*)\]$/, "$1") || "picture",
    size: { width: size("width"), height: size("height") },
  });
}

/**
 * A picture in a box that can be scrolled sideways, by keyboard too.
 *
 * @param image Its data address, what it shows, and its size.
 * @returns A `<div class="figure">`.
 */
export function imageHtml(
  { source, alt, size }: { source: string; alt: string; size?: ImageSize },
): string {
  const attribute = (name: "width" | "height") =>
    Number.isFinite(size?.[name]) ? ` ${name}="${Math.round(size![name]!)}"` : "";
  return `<div class="figure" tabindex="0"><img src="${source}" alt="${escapeMarkup(alt)}"${
    attribute("width")
  }${attribute("height")}></div>`;
}
