/** A way in steps that leads back to its beginning: where we are, what is done, what is to come. */

import { frame } from "./frame.ts";
import { escapeMarkup } from "./markup.ts";
import type { Picture } from "./picture.ts";
import { cutText, wrapText } from "./text_size.ts";
import { FONT_PX, LIGHT, textOnRamp } from "./theme.ts";

/** One step. */
export interface Step {
  /** Its name, short. */
  readonly name: string;
  /** What happens in it, in a few words. */
  readonly detail?: string;
  /** Where we are: here, behind it, or not there yet. */
  readonly state: "now" | "done" | "later";
}

/** Options of {@linkcode stepsPicture}. */
export interface StepsPictureOptions {
  /** What to see. */
  readonly title: string;
  /** How to read it. */
  readonly subtitle?: string;
  /** The steps in their order. */
  readonly steps: readonly Step[];
}

/** Sizes in px: the picture's width, a box, the gaps that hold the arrows, the way back at the left. */
const WIDTH = 760, BOX_WIDTH = 158, BOX_HEIGHT = 92, GAP_X = 22, GAP_Y = 30, LEFT = 44;

/** Boxes in a row. */
const COLUMNS = 4;

/** Step of the ramp that the present step is filled with. */
const FILL = 6;

/**
 * Boxes with arrows: to the right in the first row, back in the second, and from the last to the
 * first. The present step is filled, a step to come is dashed.
 *
 * @param options See {@linkcode StepsPictureOptions}.
 * @returns The picture, 760 px wide.
 * @throws {RangeError} If there are no steps.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { stepsPicture } from "lib/view/mod.ts";
 *
 * const { alt } = stepsPicture({
 *   title: "One loop",
 *   steps: [{ name: "Train", state: "now" }, { name: "Deploy", state: "later" }],
 * });
 * assert.equal(alt, "Steps in a loop: Train (now), Deploy (later)");
 * ```
 */
export function stepsPicture({ title, subtitle, steps }: StepsPictureOptions): Picture {
  if (steps.length === 0) throw new RangeError("Cannot draw steps as there are none");
  const places = steps.map((_, i) => placeOf(i));
  const rows = Math.ceil(steps.length / COLUMNS);
  const arrows = places.slice(1).map((place, i) => arrow(places[i], place));
  const boxes = steps.map((step, i) => box(step, places[i]));
  return frame({
    title,
    subtitle,
    alt: `Steps in a loop: ${steps.map(({ name, state }) => `${name} (${state})`).join(", ")}`,
    width: WIDTH,
    body: {
      markup: [...arrows, wayBack(places), ...boxes].join(""),
      height: rows * (BOX_HEIGHT + GAP_Y) + 8,
    },
  });
}

/** Where a box is: its left upper corner in px, and its row. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly row: number;
}

/** Boxes go right in even rows and left in odd ones. */
function placeOf(i: number): Place {
  const row = Math.floor(i / COLUMNS), along = i % COLUMNS;
  const column = row % 2 === 0 ? along : COLUMNS - 1 - along;
  return { x: LEFT + column * (BOX_WIDTH + GAP_X), y: 8 + row * (BOX_HEIGHT + GAP_Y), row };
}

/** From the edge of one box to the edge of the next. */
function arrow(from: Place, to: Place): string {
  const middle = from.y + BOX_HEIGHT / 2;
  if (from.row !== to.row) {
    const x = from.x + BOX_WIDTH / 2;
    return line(`M${x},${from.y + BOX_HEIGHT}V${to.y}`) + head(x, to.y, "down");
  }
  return to.x > from.x
    ? line(`M${from.x + BOX_WIDTH},${middle}H${to.x}`) + head(to.x, middle, "right")
    : line(`M${from.x},${middle}H${to.x + BOX_WIDTH}`) + head(to.x + BOX_WIDTH, middle, "left");
}

/** From the last box around the left side to the first. */
function wayBack(places: readonly Place[]): string {
  const first = places[0], last = places[places.length - 1], x = 18;
  const into = first.y + BOX_HEIGHT / 2, middle = last.y + BOX_HEIGHT / 2;
  const leave = last.row % 2 === 1
    ? `M${last.x},${middle}H${x}`
    : `M${last.x + BOX_WIDTH / 2},${last.y + BOX_HEIGHT}v${GAP_Y / 2}H${x}`;
  return line(`${leave}V${into}H${first.x}`) + head(first.x, into, "right");
}

function line(d: string): string {
  return `<path d="${d}" fill="none" stroke="${LIGHT.muted}" stroke-width="2"/>`;
}

function head(x: number, y: number, direction: "left" | "right" | "down"): string {
  const d = { left: "l9,-6v12z", right: "l-9,-6v12z", down: "l-6,-9h12z" }[direction];
  return `<path d="M${x},${y}${d}" fill="${LIGHT.muted}"/>`;
}

/** One step: its name, and below it what happens. */
function box({ name, detail = "", state }: Step, { x, y }: Place): string {
  const now = state === "now", later = state === "later";
  const ink = now ? textOnRamp(FILL) : later ? LIGHT.muted : LIGHT.ink;
  const room = { widthPx: BOX_WIDTH - 20, sizePx: FONT_PX.small };
  const lines = wrapText(detail, room).slice(0, 3);
  const title = cutText(name, {
    widthPx: room.widthPx,
    sizePx: FONT_PX.base,
    weight: "bold",
  });
  const text = (content: string, dy: number, more: string) =>
    `<text x="${x + 10}" y="${y + dy}" text-anchor="start" fill="${ink}"${more}>${
      escapeMarkup(content)
    }</text>`;
  return `<rect x="${x}" y="${y}" width="${BOX_WIDTH}" height="${BOX_HEIGHT}" rx="8" fill="${
    now ? LIGHT.ramp[FILL] : LIGHT.paper
  }" stroke="${now ? LIGHT.ramp[FILL] : later ? LIGHT.muted : LIGHT.ink}" stroke-width="${
    now || !later ? 2 : 1.5
  }"${later ? ' stroke-dasharray="6,5"' : ""}/>` +
    text(title, 26, ' font-weight="bold"') +
    lines.map((line, i) => text(line, 47 + i * 17, ` font-size="${FONT_PX.small}"`)).join("");
}
