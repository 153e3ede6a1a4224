/** A kernel's messages turned into the outputs of cells. */

import type { JsonRecord } from "lib/core/mod.ts";
import {
  type DataOutput,
  type ErrorOutput,
  joined,
  linesOf,
  type MimeBundle,
  type Output,
  type StreamOutput,
} from "./nbformat.ts";
import type { Message } from "./wire.ts";

/** Gathers outputs, cell by cell. */
export interface OutputCollector {
  /** Begins a cell; what comes from now on belongs to it. */
  begin(): void;
  /** Takes a message; returns what it added, for whoever watches. */
  take(message: Message): Output | undefined;
  /** The cell's outputs so far. Displays among them still follow their updates. */
  outputs(): Output[];
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * A collector.
 *
 * Merges what is printed in one go, follows `update_display_data` back into earlier cells, and obeys
 * `clear_output`.
 *
 * @returns A collector at the beginning of a cell.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createCollector } from "./outputs.ts";
 *
 * const collector = createCollector();
 * collector.take({ type: "stream", content: { name: "stdout", text: "1\n" } });
 * collector.take({ type: "stream", content: { name: "stdout", text: "2\n" } });
 * assert.deepEqual(collector.outputs(), [
 *   { output_type: "stream", name: "stdout", text: ["1\n", "2\n"] },
 * ]);
 * ```
 */
export function createCollector(): OutputCollector {
  let current: Writable<Output>[] = [];
  let clearNext = false;
  const displays = new Map<string, Writable<DataOutput>[]>();

  function add(output: Writable<Output>): void {
    if (clearNext) current.length = 0;
    clearNext = false;
    const last = current.at(-1);
    const goesOn = output.output_type === "stream" && last?.output_type === "stream" &&
      last.name === output.name;
    if (goesOn) last.text = joined(last.text) + joined(output.text);
    else current.push(output);
  }

  function take({ type, content }: Message): Output | undefined {
    const id = displayId(content);
    switch (type) {
      case "stream":
        add(streamOf(content));
        return streamOf(content); // not the one that the next line will be added to
      case "display_data":
      case "execute_result": {
        const output = dataOf(type, content);
        add(output);
        if (id !== undefined) displays.set(id, [...displays.get(id) ?? [], output]);
        return output;
      }
      case "update_display_data": {
        const news = dataOf("display_data", content);
        const shown = id === undefined ? undefined : displays.get(id);
        for (const output of shown ?? []) {
          output.data = news.data;
          output.metadata = news.metadata;
        }
        return shown ? news : undefined;
      }
      case "error": {
        const output = errorOf(content);
        add(output);
        return output;
      }
      case "clear_output":
        if (content.wait) clearNext = true;
        else current.length = 0;
    }
  }

  return {
    begin() {
      current = [];
      clearNext = false;
    },
    take,
    outputs: () =>
      current.map((output) =>
        output.output_type === "stream" ? { ...output, text: linesOf(joined(output.text)) } : output
      ),
  };
}

function displayId(content: Message["content"]): string | undefined {
  const { transient } = content as { transient?: { display_id?: string } };
  return transient?.display_id;
}

function streamOf({ name, text }: Message["content"]): StreamOutput {
  return { output_type: "stream", name: String(name), text: String(text) };
}

function dataOf(type: DataOutput["output_type"], content: Message["content"]): DataOutput {
  const { data, metadata, execution_count: count } = content as {
    data: MimeBundle;
    metadata?: JsonRecord;
    execution_count?: number;
  };
  const output = { output_type: type, data, metadata: metadata ?? {} };
  return type === "execute_result" ? { ...output, execution_count: count ?? null } : output;
}

function errorOf({ ename, evalue, traceback }: Message["content"]): ErrorOutput {
  return {
    output_type: "error",
    ename: String(ename),
    evalue: String(evalue),
    traceback: Array.isArray(traceback) ? traceback.map(String) : [],
  };
}
