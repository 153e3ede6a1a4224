/** From a descriptor's path to rows that can be trusted, in one call. */

import { BadInput, classCounts, show } from "lib/core/mod.ts";
import { checkContract, type ContractReport, MIN_CLASS_ROWS } from "./contract.ts";
import { clean, type CleanTable, refusals } from "./clean.ts";
import { type Descriptor, readDescriptor } from "./descriptor.ts";
import { drawHoldout, type FrozenHoldout, readHoldout } from "./holdout.ts";
import { type RawTable, readRawTable } from "./raw_table.ts";

/** A dataset, read, checked and cleaned. */
export interface Dataset extends CleanTable {
  /** What the rows are. */
  readonly descriptor: Descriptor;
  /** The rows as they lie in the file. */
  readonly raw: RawTable;
  /** What the contract found; violations that the policy mends may be among it. */
  readonly contract: ContractReport;
  /** Which rows are held out for good. */
  readonly holdout: FrozenHoldout;
  /** True if the holdout came from a file, false if it was drawn just now. */
  readonly frozen: boolean;
}

/**
 * Reads, checks and cleans a dataset.
 *
 * @param path The descriptor, absolute or relative to the current folder.
 * @returns See {@linkcode Dataset}.
 * @throws {BadInput} If descriptor or CSV are broken, or rows break the contract and the policy does
 * not drop them; the message gives the first such row and the count of the others.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadDataset } from "lib/data/mod.ts";
 *
 * const { samples, actions } = await loadDataset("data/iris.dataset.json");
 * assert.equal(samples.y.length, 149);
 * assert.equal(actions[0].what, "dropped 1 row equal to an earlier one in every column");
 * ```
 */
export async function loadDataset(path: string): Promise<Dataset> {
  const descriptor = await readDescriptor(path);
  const raw = await readRawTable(descriptor);
  const contract = checkContract(raw, descriptor);
  refuse(raw.file, refusals(contract, descriptor));
  const table = clean(raw, { descriptor, contract });
  refuseThinClass(raw.file, table, descriptor);
  const kept = await readHoldout(descriptor);
  const holdout = kept ?? drawHoldout(table.samples, descriptor.name);
  return { ...table, descriptor, raw, contract, holdout, frozen: kept !== undefined };
}

function refuse(file: string, violations: ContractReport["violations"]): void {
  if (violations.length === 0) return;
  const [{ row, column, expected, value }] = violations;
  const others = violations.length - 1;
  const more = others > 0
    ? ` (and ${others} more violation${others > 1 ? "s" : ""} of the contract)`
    : "";
  throw new BadInput({
    field: `${file} ${row === null ? "" : `line ${row} `}column "${column}"`,
    rule: `${expected}: got ${show(value)}${more}`,
  });
}

/** The contract counts the rows of the file; those that cleaning dropped cannot be split. */
function refuseThinClass(file: string, { samples }: CleanTable, { target }: Descriptor): void {
  const counts = classCounts(samples);
  const thin = counts.findIndex((count) => count < MIN_CLASS_ROWS);
  if (thin < 0) return;
  throw new BadInput({
    field: `${file} column "${target}"`,
    rule: `class "${
      samples.classes[thin]
    }" must keep at least ${MIN_CLASS_ROWS} rows after cleaning`,
    value: counts[thin],
  });
}
