/**
 * Notebooks: run without a front end, checked, stripped; and the few things that a cell calls.
 *
 * **In a notebook.** The first code cell begins with `import "lib/notebook/setup.ts";`: errors that
 * the kernel would swallow become visible, outputs stay under their cells, and too much output is
 * cut. Then {@linkcode ensure} builds what an earlier notebook would have left, and
 * {@linkcode publish} hands a record to whoever runs the notebook.
 *
 * **Running.** {@linkcode runNotebook} starts a kernel of its own, sends one cell at a time, waits
 * until all of its outputs have come, and ends the kernel whatever happens. A cell fails by throwing,
 * by an error that nobody caught, by not parsing, by taking too long, or by ending the kernel; the
 * run stops there, and {@linkcode failureLine} says where. {@linkcode writeExecuted} keeps the
 * executed copy. Parameters follow papermill: a cell tagged `parameters` with literal values, which
 * {@linkcode parametersOf} reads and {@linkcode parametersFromText} fills from `--set name=value`.
 * Further tags: `raises-exception`, `skip-execution`; `metadata.timeout` in seconds.
 *
 * **Committing.** {@linkcode stripNotebook} takes out outputs and volatile metadata;
 * {@linkcode checkNotebooks} finds what breaks types, the linter or the rules of the house.
 *
 * Importing this module does nothing and loads no npm package. The rules of the kernel that all this
 * answers to were measured with Deno 2.9.6: it replies before the outputs, says nothing of a syntax
 * error, hangs on an exception in a timer, loses whole numbers from 2^53 on, and lives on when its
 * parent dies.
 *
 * @module
 */

export type { Json, JsonRecord } from "lib/core/mod.ts"; // they stand in signatures here
export type { RequestChannel } from "./channels.ts";
export * from "./checker.ts";
export * from "./code_cells.ts";
export * from "./early_kernel.ts";
export * from "./ensure.ts";
export { writeExecuted, type WriteOptions } from "./executed.ts";
export * from "./finding.ts";
export * from "./format_check.ts";
export * from "./guard.ts";
export * from "./kernel.ts";
export * from "./list_notebooks.ts";
export * from "./mime.ts";
export * from "./nbformat.ts";
export { parameterFromText, parametersFromText } from "./parameter_values.ts";
export { injectParameters, parametersOf } from "./parameters.ts";
export * from "./parse_errors.ts";
export * from "./publish.ts";
export * from "./read_notebook.ts";
export * from "./run.ts";
export * from "./runner.ts";
export { installSettle } from "./settle.ts";
export { stripNotebook } from "./strip.ts";
export type { Content, Message } from "./wire.ts";
