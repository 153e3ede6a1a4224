/**
 * How wide a text will be, without a font engine: the advance widths of DejaVu Sans, so that titles
 * wrap, legends flow and margins fit before anything is drawn.
 */

/** Widths of the characters from space to `~` in 1/1000 of the font size, read from the font. (95) */
const REGULAR = `
  318 401 460 838 636 950 780 275 390 390 500 838 318 361 318 337 636 636 636 636 636 636 636 636
  636 636 337 337 838 838 838 531 1000 684 686 698 770 632 575 775 752 295 295 656 557 863 748 787
  603 787 695 635 611 732 684 989 685 611 685 390 337 390 838 500 500 613 635 550 635 615 352 635
  634 278 278 579 278 974 634 612 635 635 411 521 392 634 592 818 592 592 525 636 337 636 838
`.trim().split(/\s+/).map(Number);

/** The same of the bold font. (95) */
const BOLD = `
  348 456 521 838 696 1002 872 306 457 457 523 838 380 415 380 365 696 696 696 696 696 696 696 696
  696 696 400 400 838 838 838 580 1000 774 762 734 830 683 683 821 837 372 372 775 637 995 837 850
  733 850 770 720 682 812 774 1103 771 724 725 457 365 457 838 500 500 675 716 593 716 678 435 716
  712 343 343 665 343 1042 712 687 716 716 493 595 478 712 652 924 645 652 582 712 365 712 838
`.trim().split(/\s+/).map(Number);

/** Width of a character outside that range, in 1/1000: a wide letter, so that nothing is cut off. */
const OTHER = 840;

/**
 * Width of a text.
 *
 * @param text One line.
 * @param sizePx Font size in px.
 * @param weight `"bold"` for titles.
 * @returns Width in px; a little too much for letters beyond ASCII.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { textWidth } from "./text_size.ts";
 *
 * assert.equal(textWidth("00", 15).toFixed(1), "19.1");
 * ```
 */
export function textWidth(
  text: string,
  sizePx: number,
  weight: "regular" | "bold" = "regular",
): number {
  const widths = weight === "bold" ? BOLD : REGULAR;
  let sum = 0;
  for (const char of text.replaceAll("\u00a0", " ")) {
    sum += widths[char.codePointAt(0)! - 32] ?? OTHER;
  }
  return sum / 1000 * sizePx;
}

/** The room that a text has. */
export interface WrapOptions {
  /** Room in px. */
  readonly widthPx: number;
  /** Font size in px. */
  readonly sizePx: number;
  /** Weight of the font. Default `"regular"`. */
  readonly weight?: "regular" | "bold";
  /** Whether lines become about as long as each other when a text is wrapped. Default `false`. */
  readonly balance?: boolean;
}

/**
 * A text broken into lines at spaces, but not between a number and `%`, `s` or `min`. A single word
 * that is too long keeps a line of its own.
 *
 * @param text The text.
 * @param options See {@linkcode WrapOptions}.
 * @returns At least one line.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { wrapText } from "./text_size.ts";
 *
 * const room = { widthPx: 110, sizePx: 15 };
 * assert.deepEqual(wrapText("one two three four", room), ["one two three", "four"]);
 * assert.deepEqual(wrapText("one two three four", { ...room, balance: true }), ["one two", "three four"]);
 * ```
 */
export function wrapText(text: string, options: WrapOptions): string[] {
  const { widthPx, sizePx, weight = "regular", balance = false } = options;
  const words = text.replace(/ %/g, "\u00a0%").replace(/(\d) (s|min)\b/g, "$1\u00a0$2").split(
    /[ \t\r\n]+/,
  ).filter(Boolean);
  let lines = fill(words, widthPx, sizePx, weight);
  for (let room = widthPx; balance && lines.length > 1; lines = fill(words, room, sizePx, weight)) {
    room -= sizePx / 2;
    if (fill(words, room, sizePx, weight).length > lines.length) break;
  }
  return lines.map((line) => line.replaceAll("\u00a0", " "));
}

/** As many words in each line as fit. */
function fill(
  words: readonly string[],
  widthPx: number,
  sizePx: number,
  weight: "regular" | "bold",
): string[] {
  const lines = [words[0] ?? ""];
  for (const word of words.slice(1)) {
    const longer = `${lines.at(-1)} ${word}`;
    if (textWidth(longer, sizePx, weight) <= widthPx) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/**
 * A text cut to a width. What is missing is taken from the middle, because names that are alike
 * mostly begin alike, and units stand at the end.
 *
 * @param text One line.
 * @param room Width, size and weight; see {@linkcode WrapOptions}.
 * @returns The text, or its beginning, `…` and its end.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { cutText } from "./text_size.ts";
 *
 * assert.equal(cutText("mean of pressure (hPa)", { widthPx: 110, sizePx: 15 }), "mean of…hPa)");
 * ```
 */
export function cutText(
  text: string,
  { widthPx, sizePx, weight }: WrapOptions,
): string {
  const chars = [...text];
  for (let kept = chars.length; kept > 1; kept--) {
    const head = Math.ceil(kept * 0.55);
    const cut = kept === chars.length
      ? text
      : chars.slice(0, head).join("") + "…" + chars.slice(chars.length - (kept - head)).join("");
    if (textWidth(cut, sizePx, weight) <= widthPx) return cut;
  }
  return "…";
}
