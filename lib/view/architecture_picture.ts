/** Parts of a system in a grid with arrows between them: what is there, what is new, what is to come. */

import { frame } from "./frame.ts";
import { escapeMarkup } from "./markup.ts";
import type { Picture } from "./picture.ts";
import { cutText, wrapText } from "./text_size.ts";
import { FONT_PX, LIGHT, textOnRamp } from "./theme.ts";

/** Where a part or an arrow stands: new here, there already, or not there yet. */
export type ArchitectureState = "now" | "done" | "later";

/** One part. */
export interface ArchitecturePart {
  /** Short name by which arrows speak of it. */
  readonly id: string;
  /** What it is called. */
  readonly name: string;
  /** What it does, in a few words. */
  readonly detail?: string;
  /** Column from the left, from 0 to 3. */
  readonly column: number;
  /** Row from the top, from 0. */
  readonly row: number;
  /** See {@linkcode ArchitectureState}. */
  readonly state: ArchitectureState;
}

/** From one part to another: in the same column, or to any column beside it. */
export interface ArchitectureArrow {
  /** Id of the part that it leaves. */
  readonly from: string;
  /** Id of the part that it reaches. */
  readonly to: string;
  /** See {@linkcode ArchitectureState}. */
  readonly state: ArchitectureState;
}

/** Options of {@linkcode architecturePicture}. */
export interface ArchitecturePictureOptions {
  /** What to see. */
  readonly title: string;
  /** How to read it. */
  readonly subtitle?: string;
  /** The parts. */
  readonly parts: readonly ArchitecturePart[];
  /** The arrows. */
  readonly arrows: readonly ArchitectureArrow[];
}

/** Columns there is room for. */
const COLUMNS = 4;

/** Sizes in px: the picture's width, a box, the gaps that hold the arrows, the margin at the left. */
const WIDTH = 760, BOX_WIDTH = 143, BOX_HEIGHT = 84, GAP_X = 52, GAP_Y = 30, LEFT = 16;

/** Step of the ramp that a new part is filled with. */
const FILL = 6;

/**
 * Boxes in a grid with arrows in the gaps. New parts are filled, parts to come are dashed.
 *
 * @param options See {@linkcode ArchitecturePictureOptions}.
 * @returns The picture, 760 px wide.
 * @throws {RangeError} If there are no parts, two share a place, a column is beyond 3, or an arrow
 * leads to a part that is not there or is not beside.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { architecturePicture } from "lib/view/mod.ts";
 *
 * const { alt } = architecturePicture({
 *   title: "Two parts",
 *   parts: [
 *     { id: "caller", name: "Caller", column: 0, row: 0, state: "done" },
 *     { id: "router", name: "Router", column: 1, row: 0, state: "now" },
 *   ],
 *   arrows: [{ from: "caller", to: "router", state: "now" }],
 * });
 * assert.equal(alt, "Parts: Caller (done), Router (now). Arrows: Caller to Router (now)");
 * ```
 */
export function architecturePicture(
  { title, subtitle, parts, arrows }: ArchitecturePictureOptions,
): Picture {
  checkPlaces(parts);
  const byId = new Map(parts.map((part) => [part.id, part]));
  const ways = arrows.map((arrow) => wayOf(arrow, byId));
  const rows = Math.max(...parts.map(({ row }) => row)) + 1;
  // what is new lies above what is not
  const order = ["later", "done", "now"];
  const lines = portsOf(ways)
    .toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state)).map(drawWay);
  const named = parts.map(({ name, state }) => `${name} (${state})`).join(", ");
  const led = ways.map(({ from, to, state }) => `${from.name} to ${to.name} (${state})`).join(", ");
  return frame({
    title,
    subtitle,
    alt: `Parts: ${named}.${led ? ` Arrows: ${led}` : " No arrows."}`,
    width: WIDTH,
    body: {
      markup: lines.join("") + parts.map(box).join(""),
      height: rows * (BOX_HEIGHT + GAP_Y) - GAP_Y + 16,
    },
  });
}

function checkPlaces(parts: readonly ArchitecturePart[]): void {
  const bad = (rule: string) => new RangeError(`Cannot draw an architecture as ${rule}`);
  if (parts.length === 0) throw bad("there are no parts");
  const taken = new Map<string, string>();
  for (const { id, column, row } of parts) {
    if (!(Number.isInteger(column) && column >= 0 && column < COLUMNS)) {
      throw bad(`a column must be from 0 to ${COLUMNS - 1}: ${id} is in ${column}`);
    }
    if (!(Number.isInteger(row) && row >= 0)) throw bad(`a row must be from 0: ${id} is in ${row}`);
    const place = `${column}/${row}`, other = taken.get(place);
    if (other !== undefined) throw bad(`two parts share a place: ${other} and ${id}`);
    taken.set(place, id);
  }
}

/** Sides of a box that an arrow may touch. */
type Side = "left" | "right" | "top" | "bottom";

/** An arrow with its parts and the sides that it touches. */
interface Way {
  readonly from: ArchitecturePart;
  readonly to: ArchitecturePart;
  readonly state: ArchitectureState;
  readonly leaves: Side;
  readonly enters: Side;
}

function wayOf(
  { from, to, state }: ArchitectureArrow,
  parts: ReadonlyMap<string, ArchitecturePart>,
): Way {
  const [a, b] = [parts.get(from), parts.get(to)];
  if (!a || !b) throw new RangeError(`Cannot draw an arrow as ${a ? to : from} is no part`);
  const across = b.column - a.column, down = b.row - a.row;
  if (across === 0 && Math.abs(down) === 1) {
    const [leaves, enters] = down > 0 ? ["bottom", "top"] as const : ["top", "bottom"] as const;
    return { from: a, to: b, state, leaves, enters };
  }
  if (Math.abs(across) !== 1) {
    throw new RangeError(`Cannot draw an arrow as ${from} and ${to} are not beside each other`);
  }
  const [leaves, enters] = across > 0 ? ["right", "left"] as const : ["left", "right"] as const;
  return { from: a, to: b, state, leaves, enters };
}

/** A way with its two ends in px, and the place of its bend in the gap. */
interface Drawn extends Way {
  readonly start: readonly [x: number, y: number];
  readonly end: readonly [x: number, y: number];
  readonly bendX: number;
}

/**
 * Spreads the ends over the sides and the bends over the gaps, so that no two lie on each other: what
 * stays in its row is straight and in the middle, what goes up or down leaves above or below it.
 */
function portsOf(ways: readonly Way[]): Drawn[] {
  const ends = ways.flatMap((way) => [
    { way, part: way.from, side: way.leaves, down: way.to.row - way.from.row },
    { way, part: way.to, side: way.enters, down: way.from.row - way.to.row },
  ]);
  const place = (way: Way, part: ArchitecturePart): [number, number] => {
    const own = ends.find((end) => end.way === way && end.part === part)!;
    const { side } = own, direction = Math.sign(own.down), { x, y } = cornerOf(part);
    const same = ends.filter((end) =>
      end.part === part && end.side === side && Math.sign(end.down) === direction
    );
    const share = (same.indexOf(own) + 1) / (same.length + 1); // of that half of the side
    if (side === "top" || side === "bottom") {
      return [x + share * BOX_WIDTH, side === "top" ? y : y + BOX_HEIGHT];
    }
    // right sides a little further out, so that ends that face each other are not in one line
    const half = BOX_HEIGHT / 2, from = direction === 0 ? 0 : side === "right" ? 12 : 4;
    const off = direction === 0
      ? (same.indexOf(own) - (same.length - 1) / 2) * 14
      : direction * (from + share * (half - 12));
    return [side === "left" ? x : x + BOX_WIDTH, y + half + off];
  };
  const gapOf = ({ from, to }: Way) => Math.min(from.column, to.column);
  const bends = ways.filter(({ from, to }) => from.column !== to.column && from.row !== to.row);
  return ways.map((way) => {
    const gap = gapOf(way), same = bends.filter((other) => gapOf(other) === gap);
    const share = (same.indexOf(way) + 1) / (same.length + 1);
    const left = LEFT + gap * (BOX_WIDTH + GAP_X) + BOX_WIDTH;
    // 12 px at either side stay free for the heads
    const bendX = round(left + 12 + share * (GAP_X - 24));
    return { ...way, start: place(way, way.from), end: place(way, way.to), bendX };
  });
}

function drawWay({ start: [x, y], end: [u, v], bendX, enters, state }: Drawn): string {
  const colour = { now: LIGHT.ramp[FILL], done: LIGHT.ink, later: LIGHT.muted }[state];
  const [sx, sy, ex, ey] = [x, y, u, v].map(round);
  const upright = enters === "top" || enters === "bottom";
  const d = upright
    ? `M${sx},${sy}V${ey}`
    : sy === ey
    ? `M${sx},${sy}H${ex}`
    : `M${sx},${sy}H${bendX}V${ey}H${ex}`;
  const head = {
    left: "l-9,-6v12z",
    right: "l9,-6v12z",
    top: "l-6,-9h12z",
    bottom: "l-6,9h12z",
  }[enters];
  const tip = upright ? `M${sx},${ey}` : `M${ex},${ey}`;
  return `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${state === "now" ? 3 : 2}"${
    state === "later" ? ' stroke-dasharray="6,5"' : ""
  }/><path d="${tip}${head}" fill="${colour}"/>`;
}

function cornerOf({ column, row }: ArchitecturePart): { x: number; y: number } {
  return { x: LEFT + column * (BOX_WIDTH + GAP_X), y: 8 + row * (BOX_HEIGHT + GAP_Y) };
}

/** One part: its name, and below it what it does. */
function box(part: ArchitecturePart): string {
  const { name, detail = "", state } = part, { x, y } = cornerOf(part);
  const now = state === "now", later = state === "later";
  const ink = now ? textOnRamp(FILL) : later ? LIGHT.muted : LIGHT.ink;
  const room = { widthPx: BOX_WIDTH - 20, sizePx: FONT_PX.small };
  const title = cutText(name, { widthPx: room.widthPx, sizePx: FONT_PX.base, weight: "bold" });
  const text = (content: string, dy: number, more: string) =>
    `<text x="${x + 10}" y="${y + dy}" text-anchor="start" fill="${ink}"${more}>${
      escapeMarkup(content)
    }</text>`;
  return `<rect x="${x}" y="${y}" width="${BOX_WIDTH}" height="${BOX_HEIGHT}" rx="8" fill="${
    now ? LIGHT.ramp[FILL] : LIGHT.paper
  }" stroke="${now ? LIGHT.ramp[FILL] : later ? LIGHT.muted : LIGHT.ink}" stroke-width="${
    later ? 1.5 : 2
  }"${later ? ' stroke-dasharray="6,5"' : ""}/>` +
    text(title, 24, ' font-weight="bold"') +
    wrapText(detail, room).slice(0, 3).map((line, i) =>
      text(line, 43 + i * 16, ` font-size="${FONT_PX.small}"`)
    ).join("");
}

function round(px: number): number {
  return Math.round(px * 10) / 10;
}
