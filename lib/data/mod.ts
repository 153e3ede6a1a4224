/**
 * From a CSV to rows that can be trusted. A descriptor (`data/iris.dataset.json`) says what the CSV
 * holds; the contract lists every cell that breaks it; cleaning mends what the descriptor's policy
 * allows and reports it; the split is seeded and stratified, and its holdout is frozen by content.
 *
 * `stageScene` draws traffic with a known change from such rows: what monitoring finds is held against it.
 *
 * polars reads the cells and stops here: what leaves this room is typed arrays and plain records.
 * Reads files; writes none.
 *
 * @module
 */

export * from "./clean.ts";
export * from "./contract.ts";
export * from "./csv_shape.ts";
export * from "./dataset.ts";
export * from "./descriptor.ts";
export * from "./holdout.ts";
export * from "./plant.ts";
export * from "./raw_table.ts";
export * from "./resolution.ts";
export * from "./row_keys.ts";
export * from "./scenes.ts";
export * from "./split.ts";
export * from "./unit_slip.ts";
export * from "./units.ts";
