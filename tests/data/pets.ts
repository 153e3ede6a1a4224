/** A small dataset, in memory and in a folder of its own. */

import { join } from "node:path";
import {
  checkContract,
  clean,
  type CleanTable,
  type ContractReport,
  type Descriptor,
  parseDescriptor,
  parseRawTable,
  type RawTable,
} from "../../lib/data/mod.ts";
import type { Samples } from "../../lib/core/mod.ts";

/** The descriptor's document: `length` 0 to 9 cm and `weight` 1 to 50 kg, cats and dogs. */
export const PETS = {
  name: "pets",
  csv: "pets.csv",
  target: "kind",
  classes: ["cat", "dog"],
  features: [
    { name: "length", unit: "cm", min: 0, max: 9 },
    { name: "weight", unit: "kg", min: 1, max: 50 },
  ],
};

/** Five cats and five dogs, none like another, without a header. */
export const GOOD_ROWS = [1, 2, 3, 4, 5].map((i) => `${i},${i},cat\n${i},${10 * i},dog\n`).join("");

/** A descriptor like {@linkcode PETS}, with some keys changed. */
export function pets(changes: Record<string, unknown> = {}): Descriptor {
  return parseDescriptor({ ...PETS, ...changes });
}

/** A table from a CSV's text. */
export function table(csv: string, descriptor = pets()): RawTable {
  return parseRawTable(new TextEncoder().encode(csv), descriptor);
}

/** A table from rows of `length,weight,kind`. */
export function rowsOf(rows: string, descriptor = pets()): RawTable {
  return table("length,weight,kind\n" + rows, descriptor);
}

/** Row, column, rule and value of each violation. */
export function found(raw: RawTable, descriptor = pets()): unknown[][] {
  return checkContract(raw, descriptor).violations
    .map(({ row, column, rule, value }) => [row, column, rule, value]);
}

/** The table as cleaning leaves it, by its own contract. */
export function cleaned(
  raw: RawTable,
  descriptor = pets(),
): CleanTable & { contract: ContractReport } {
  const contract = checkContract(raw, descriptor);
  return { ...clean(raw, { descriptor, contract }), contract };
}

/** Samples of one column that counts from 0, with these labels. */
export function samplesOf(labels: readonly number[], classes = ["a", "b"]): Samples {
  const features = [{ name: "length", unit: "cm", min: 0, max: 1e6 }];
  return { features, classes, x: Float64Array.from(labels.keys()), y: Uint8Array.from(labels) };
}

/** Runs a test in a folder that holds the given files and is gone afterwards. */
export async function inFolder(
  files: Readonly<Record<string, string | Uint8Array>>,
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, content] of Object.entries(files)) {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await Deno.writeFile(join(folder, name), bytes);
    }
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
