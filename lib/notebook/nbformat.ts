/** Notebooks as data: the part of nbformat 4.5 that is used here. */

import type { Json, JsonRecord } from "lib/core/mod.ts";

/** Text as nbformat keeps it: whole, or as lines that carry their line ends. */
export type MultilineText = string | readonly string[];

/** A picture of one thing in several formats, by MIME type. JSON types hold a value, others text. */
export type MimeBundle = { readonly [mime: string]: Json };

/** What a cell printed. */
export interface StreamOutput {
  /** The kind of output. */
  readonly output_type: "stream";
  /** `stdout` or `stderr`. */
  readonly name: string;
  /** The text printed. */
  readonly text: MultilineText;
}

/** What a cell showed, or the value of its last expression. */
export interface DataOutput {
  /** The kind of output. */
  readonly output_type: "display_data" | "execute_result";
  /** The thing shown, in several formats. */
  readonly data: MimeBundle;
  /** How to show it, by MIME type. */
  readonly metadata: JsonRecord;
  /** The cell's count, for `execute_result` only. */
  readonly execution_count?: number | null;
}

/** How a cell failed. */
export interface ErrorOutput {
  /** The kind of output. */
  readonly output_type: "error";
  /** The error's name. */
  readonly ename: string;
  /** The error's message. */
  readonly evalue: string;
  /** The stack, line by line. */
  readonly traceback: readonly string[];
}

/** One output of a code cell. */
export type Output = StreamOutput | DataOutput | ErrorOutput;

/** A cell's metadata, as far as it means something here. */
export interface CellMetadata {
  /** `parameters`, `injected-parameters`, `raises-exception`, `skip-execution`. */
  readonly tags?: readonly string[];
  /** Seconds that this cell may take, instead of the runner's own limit. */
  readonly timeout?: number;
  /** Whatever else. */
  readonly [key: string]: unknown;
}

/** A cell that runs. */
export interface CodeCell {
  /** The kind of cell. */
  readonly cell_type: "code";
  /** Unique in the notebook; 1 to 64 letters, digits, `-` or `_`. Absent before nbformat 4.5. */
  readonly id?: string;
  /** Tags, time limit, and so on. */
  readonly metadata: CellMetadata;
  /** The code. */
  readonly source: MultilineText;
  /** What it showed when it was last run. */
  readonly outputs: readonly Output[];
  /** When it was last run. */
  readonly execution_count: number | null;
}

/** A cell for people. */
export interface ProseCell {
  /** The kind of cell. */
  readonly cell_type: "markdown" | "raw";
  /** As in {@linkcode CodeCell}. */
  readonly id?: string;
  /** Tags and so on. */
  readonly metadata: CellMetadata;
  /** The text. */
  readonly source: MultilineText;
  /** Pictures pasted into the text, by name. */
  readonly attachments?: JsonRecord;
}

/** One cell. */
export type Cell = CodeCell | ProseCell;

/** A notebook, version 4. */
export interface Notebook {
  /** The cells, top to bottom. */
  readonly cells: readonly Cell[];
  /** Kernel and language. */
  readonly metadata: { readonly [key: string]: unknown };
  /** Always 4. */
  readonly nbformat: number;
  /** 5 for what is written here. */
  readonly nbformat_minor: number;
}

/**
 * Multi-line text as one string.
 *
 * @param text As nbformat keeps it.
 * @returns The whole.
 */
export function joined(text: MultilineText): string {
  return typeof text === "string" ? text : text.join("");
}

/**
 * A text as nbformat likes it: lines that carry their line ends, so that diffs go by line.
 *
 * @param text Any text.
 * @returns The lines; none for the empty text.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { linesOf } from "lib/notebook/mod.ts";
 *
 * assert.deepEqual(linesOf("a\n\nb"), ["a\n", "\n", "b"]);
 * ```
 */
export function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/**
 * The code or text of a cell as one string.
 *
 * @param cell A cell.
 * @returns Its source.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sourceOf } from "lib/notebook/mod.ts";
 *
 * assert.equal(sourceOf({ cell_type: "raw", metadata: {}, source: ["a\n", "b"] }), "a\nb");
 * ```
 */
export function sourceOf(cell: Cell): string {
  return joined(cell.source);
}

/**
 * Whether a cell carries a tag.
 *
 * @param cell A cell.
 * @param tag E.g. `skip-execution`.
 * @returns True if it does.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { hasTag } from "lib/notebook/mod.ts";
 *
 * assert.ok(hasTag({ cell_type: "raw", metadata: { tags: ["note"] }, source: "" }, "note"));
 * ```
 */
export function hasTag(cell: Cell, tag: string): boolean {
  const { tags } = cell.metadata;
  return Array.isArray(tags) && tags.includes(tag);
}
