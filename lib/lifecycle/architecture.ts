/** The system as it grows from chapter to chapter: the parts, the arrows, and what each chapter adds. */

import type { ArchitectureArrow, ArchitecturePart, ArchitectureState } from "lib/view/mod.ts";

/** A part and the number of the chapter that adds it. */
type Part = Omit<ArchitecturePart, "state"> & { readonly chapter: string };

const PARTS: readonly Part[] = [
  at("caller", 0, 0, { chapter: "03", name: "Caller", detail: "rows in, classes out" }),
  at("router", 1, 0, { chapter: "03", name: "Router", detail: "keys, shares of the traffic" }),
  at("blue", 2, 0, { chapter: "03", name: "Blue", detail: "the version that serves" }),
  at("registry", 3, 0, { chapter: "02", name: "Registry", detail: "versions, decisions, history" }),
  at("vault", 0, 1, { chapter: "03", name: "Key Vault", detail: "the endpoint's key" }),
  at("experiment", 1, 1, { chapter: "05", name: "A/B test", detail: "splits, and decides" }),
  at("green", 2, 1, { chapter: "03", name: "Green", detail: "the version that wants to" }),
  at("blob", 3, 1, { chapter: "03", name: "Blob", detail: "log of inputs and outputs" }),
  at("incident", 0, 2, { chapter: "06", name: "Incident", detail: "rollback, measured times" }),
  at("alerts", 1, 2, { chapter: "04", name: "Alerts", detail: "somebody is told" }),
  at("monitoring", 2, 2, { chapter: "04", name: "Monitoring", detail: "drift, accuracy, errors" }),
  at("labels", 3, 2, { chapter: "04", name: "Labels", detail: "the truth, days later" }),
];

const ARROWS: readonly { from: string; to: string; chapter: string }[] = [
  { from: "caller", to: "router", chapter: "03" },
  { from: "vault", to: "caller", chapter: "03" },
  { from: "router", to: "blue", chapter: "03" },
  { from: "router", to: "green", chapter: "03" },
  { from: "registry", to: "blue", chapter: "03" },
  { from: "registry", to: "green", chapter: "03" },
  { from: "blue", to: "blob", chapter: "03" },
  { from: "green", to: "blob", chapter: "03" },
  { from: "blob", to: "monitoring", chapter: "04" },
  { from: "labels", to: "monitoring", chapter: "04" },
  { from: "monitoring", to: "alerts", chapter: "04" },
  { from: "experiment", to: "router", chapter: "05" },
  { from: "alerts", to: "incident", chapter: "06" },
  { from: "incident", to: "router", chapter: "06" },
];

function at(
  id: string,
  column: number,
  row: number,
  rest: Pick<Part, "chapter" | "name" | "detail">,
): Part {
  return { id, column, row, ...rest };
}

/**
 * The architecture as it stands in a chapter, for `architecturePicture`.
 *
 * @param notebook The notebook's name; its two digits count.
 * @returns Parts and arrows: those that it adds `now`, those of earlier chapters `done`, the rest
 * `later`.
 * @throws {RangeError} If the name does not begin with two digits.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { architecture } from "lib/lifecycle/mod.ts";
 *
 * const state = (notebook: string) =>
 *   architecture(notebook).parts.find(({ id }) => id === "monitoring")?.state;
 * assert.deepEqual(["03_azure_ml", "04_x", "05_x"].map(state), ["later", "now", "done"]);
 * ```
 */
export function architecture(
  notebook: string,
): { readonly parts: ArchitecturePart[]; readonly arrows: ArchitectureArrow[] } {
  const open = /^\d\d(?=_)/.exec(notebook)?.[0];
  if (open === undefined) {
    throw new RangeError(`Cannot draw the architecture as ${notebook} has no number of a chapter`);
  }
  const state = (chapter: string): ArchitectureState =>
    chapter === open ? "now" : chapter < open ? "done" : "later";
  return {
    parts: PARTS.map(({ chapter, ...part }) => ({ ...part, state: state(chapter) })),
    arrows: ARROWS.map(({ chapter, ...arrow }) => ({ ...arrow, state: state(chapter) })),
  };
}
