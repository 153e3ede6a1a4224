/** A lineage: things in columns, joined from left to right by what came from what. */

import { frame } from "./frame.ts";
import { escapeMarkup } from "./markup.ts";
import type { Picture } from "./picture.ts";
import { cutText } from "./text_size.ts";
import { FONT_PX, LIGHT, textOnRamp } from "./theme.ts";

/** One thing. */
export interface LineageNode {
  /** Short name by which edges speak of it. */
  readonly id: string;
  /** What it is, e.g. `Model`. */
  readonly kind: string;
  /** What it is called, e.g. `iris:3`. */
  readonly name: string;
  /** More about it, in one short line, e.g. a digest. */
  readonly detail?: string;
  /** Column from the left, from 0 to 3. */
  readonly column: number;
  /** `asked`: the question began here; `missing`: it should be there and is not. Default: it is known. */
  readonly state?: "asked" | "missing";
}

/** From a thing to one in the next column, or below it in the same one. */
export interface LineageEdge {
  /** Id of the thing at the left. */
  readonly from: string;
  /** Id of the thing at the right. */
  readonly to: string;
}

/** Options of {@linkcode lineagePicture}. */
export interface LineagePictureOptions {
  /** What to see. */
  readonly title: string;
  /** How to read it. */
  readonly subtitle?: string;
  /** The things; those of a column stand below each other in this order. */
  readonly nodes: readonly LineageNode[];
  /** What joins them. */
  readonly edges: readonly LineageEdge[];
}

/** Columns there is room for. */
const COLUMNS = 4;

/** Sizes in px: the picture's width, a box, the gaps, the margin at the left. */
const WIDTH = 760, BOX_WIDTH = 152, BOX_HEIGHT = 66, GAP_X = 40, GAP_Y = 14, LEFT = 16;

/** Step of the ramp that the thing asked about is filled with. */
const FILL = 6;

/**
 * Boxes in columns with curves between them. Where the question began is filled, what is missing is
 * dashed and says so.
 *
 * @param options See {@linkcode LineagePictureOptions}.
 * @returns The picture, 760 px wide.
 * @throws {RangeError} If there is nothing, two have one id, a column is beyond 3, or an edge leads to
 * what is not there or not to the next column.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { lineagePicture } from "lib/view/mod.ts";
 *
 * const { alt } = lineagePicture({
 *   title: "One model learnt from these rows",
 *   nodes: [
 *     { id: "rows", kind: "Rows", name: "iris", column: 0, state: "asked" },
 *     { id: "1", kind: "Model", name: "iris:1", column: 1 },
 *   ],
 *   edges: [{ from: "rows", to: "1" }],
 * });
 * assert.equal(alt, "Rows iris (asked), Model iris:1. Joined: iris to iris:1");
 * ```
 */
export function lineagePicture(
  { title, subtitle, nodes, edges }: LineagePictureOptions,
): Picture {
  const bad = (rule: string) => new RangeError(`Cannot draw a lineage as ${rule}`);
  if (nodes.length === 0) throw bad("there is nothing in it");
  const columns: LineageNode[][] = Array.from({ length: COLUMNS }, () => []);
  for (const node of nodes) {
    if (!columns[node.column]) {
      throw bad(`a column must be from 0 to ${COLUMNS - 1}: ${node.id} is in ${node.column}`);
    }
    columns[node.column].push(node);
  }
  const most = Math.max(...columns.map(({ length }) => length));
  const height = most * (BOX_HEIGHT + GAP_Y) - GAP_Y;
  const places = new Map<string, Place>();
  for (const [column, stack] of columns.entries()) {
    const own = stack.length * (BOX_HEIGHT + GAP_Y) - GAP_Y, top = 8 + (height - own) / 2;
    stack.forEach((node, row) => {
      if (places.has(node.id)) throw bad(`two have one id: ${node.id}`);
      const x = LEFT + column * (BOX_WIDTH + GAP_X);
      places.set(node.id, { node, row, x, y: top + row * (BOX_HEIGHT + GAP_Y) });
    });
  }
  const ways = edges.map(({ from, to }) => {
    const [a, b] = [places.get(from), places.get(to)];
    if (!a || !b) throw bad(`${a ? to : from}, to which an edge leads, is not there`);
    const isBelow = b.node.column === a.node.column && b.row === a.row + 1;
    if (b.node.column !== a.node.column + 1 && !isBelow) {
      throw bad(`${from} and ${to} are not beside each other`);
    }
    return { a, b };
  });
  const named = nodes.map(({ kind, name, state }) =>
    `${kind} ${name}${state ? ` (${state})` : ""}`
  );
  const joined = ways.map(({ a, b }) => `${a.node.name} to ${b.node.name}`);
  return frame({
    title,
    subtitle,
    alt: `${named.join(", ")}.${joined.length > 0 ? ` Joined: ${joined.join(", ")}` : ""}`,
    width: WIDTH,
    body: {
      markup: ways.map(curve).join("") + [...places.values()].map(box).join(""),
      height: height + 16,
    },
  });
}

/** A thing and its left upper corner in px. */
interface Place {
  readonly node: LineageNode;
  readonly row: number;
  readonly x: number;
  readonly y: number;
}

function curve({ a, b }: { a: Place; b: Place }): string {
  const missing = a.node.state === "missing" || b.node.state === "missing";
  const colour = missing ? LIGHT.muted : LIGHT.ramp[FILL];
  const dash = missing ? ' stroke-dasharray="6,5"' : "";
  const isBelow = a.node.column === b.node.column;
  const [x, y] = isBelow
    ? [a.x + BOX_WIDTH / 2, a.y + BOX_HEIGHT]
    : [a.x + BOX_WIDTH, a.y + BOX_HEIGHT / 2];
  const [u, v] = isBelow ? [x, b.y] : [b.x, b.y + BOX_HEIGHT / 2];
  const bend = (x + u) / 2,
    d = isBelow ? `M${x},${y}V${v}` : `M${x},${y}C${bend},${y} ${bend},${v} ${u},${v}`;
  return `<path d="${d}" fill="none" stroke="${colour}" stroke-width="2"${dash}/>`;
}

/** One thing: its kind small, its name, and more about it. */
function box({ node: { kind, name, detail = "", state }, x, y }: Place): string {
  const asked = state === "asked", missing = state === "missing";
  const ink = asked ? textOnRamp(FILL) : LIGHT.ink, second = asked ? ink : LIGHT.muted;
  const text = (
    content: string,
    dy: number,
    { sizePx, weight, fill }: { sizePx: number; weight?: "bold"; fill: string },
  ) =>
    `<text x="${x + 10}" y="${y + dy}" text-anchor="start" font-size="${sizePx}" fill="${fill}"${
      weight ? ` font-weight="${weight}"` : ""
    }>${escapeMarkup(cutText(content, { widthPx: BOX_WIDTH - 18, sizePx, weight }))}</text>`;
  return `<rect x="${x}" y="${y}" width="${BOX_WIDTH}" height="${BOX_HEIGHT}" rx="8" fill="${
    asked ? LIGHT.ramp[FILL] : LIGHT.paper
  }" stroke="${asked ? LIGHT.ramp[FILL] : missing ? LIGHT.muted : LIGHT.ink}" stroke-width="${
    missing ? 1.5 : 2
  }"${missing ? ' stroke-dasharray="6,5"' : ""}/>` +
    text(missing ? `${kind}: missing` : kind, 18, { sizePx: FONT_PX.small, fill: second }) +
    text(name, 38, { sizePx: FONT_PX.base, weight: "bold", fill: missing ? LIGHT.muted : ink }) +
    (detail && text(detail, 56, { sizePx: FONT_PX.small, fill: second }));
}
