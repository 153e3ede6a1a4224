/** The axis that pictures of windows have in common: one place a window, names as far as they fit. */

import { escapeMarkup } from "./markup.ts";
import { cutText, textWidth } from "./text_size.ts";
import { FONT_PX } from "./theme.ts";

/** Where windows lie. */
export interface WindowPlaces {
  /** Left end of the first window, in px. */
  readonly left: number;
  /** Width of one window, in px. */
  readonly step: number;
  /** Upper end of the names, in px. */
  readonly top: number;
}

/** Names of windows below their places. */
export interface WindowAxis {
  /** SVG markup. */
  readonly markup: string;
  /** Height in px. */
  readonly height: number;
}

/** Longest name, least distance of two names, and room beyond the last window, in px. */
const LONGEST = 190, GAP = 10, BEYOND = 20;

/** Sine and cosine of the slant, 42 degrees. */
const RISE = 0.67, RUN = 0.75;

/**
 * Names under the windows: all of them where they fit, or every second; slanted where they do not,
 * and then as many as do. What all names begin with is left out where they would have to be cut.
 *
 * @param names Names in the order of time.
 * @param places Where the windows lie.
 * @returns The axis.
 */
export function windowAxis(
  names: readonly string[],
  { left, step, top }: WindowPlaces,
): WindowAxis {
  const sizePx = FONT_PX.small,
    widest = (some: readonly string[]) => Math.max(...some.map((name) => textWidth(name, sizePx)));
  const width = widest(names);
  const isFlat = names.length === 1 || width + GAP <= step ||
    (width + GAP <= 2 * step && width <= step + 2 * BEYOND);
  // a slanted name ends under its window and begins left of it, where the picture ends
  const room = isFlat ? LONGEST : Math.min(LONGEST, (left + step / 2) / RUN - GAP);
  const labels = (width > room ? withoutPrefix(names) : names)
    .map((name) => cutText(name, { widthPx: room, sizePx }));
  const every = names.length === 1
    ? 1
    : Math.ceil(isFlat ? (width + GAP) / step : (sizePx + 5) / (step * RISE));
  const shown = labels.map((label, i) => {
    if (i % every > 0) return "";
    const x = Math.round((left + (i + 0.5) * step) * 100) / 100;
    const text = `font-size="${sizePx}">${escapeMarkup(label)}</text>`;
    return isFlat
      ? `<text x="${x}" y="${top + 16}" ${text}`
      : `<text transform="translate(${x + 4},${top + 14}) rotate(-42)" text-anchor="end" ${text}`;
  });
  return {
    markup: shown.join(""),
    height: isFlat ? 24 : Math.ceil(widest(labels) * RISE) + 22,
  };
}

/** Names without what they all begin with. */
function withoutPrefix(names: readonly string[]): readonly string[] {
  if (names.length < 2) return names;
  let common = 0;
  while (names.every((name) => name.length > common + 1 && name[common] === names[0][common])) {
    common++;
  }
  return common > 2 ? names.map((name) => `…${name.slice(common)}`) : names;
}
