/** The dataset descriptor: the one file that says what a CSV holds. */

import { basename, dirname, resolve } from "node:path";
import { Ajv, type ErrorObject } from "ajv";
import { BadInput, type Feature } from "lib/core/mod.ts";
import schema from "../../data/dataset.schema.json" with { type: "json" };
import { conversion } from "./units.ts";

/** One input column, as the descriptor gives it. */
export interface DescribedFeature extends Feature {
  /** Unit of the values in the CSV; equal to `unit` where nothing is to be converted. */
  readonly csvUnit: string;
}

/** What to do with rows that break a rule; `refuse` leaves them to the contract. */
export interface CleaningPolicy {
  /** Empty cells. */
  readonly missing: "refuse" | "drop";
  /** Values outside a feature's range. */
  readonly range: "refuse" | "drop";
  /** Rows that are equal in every feature and in the class. */
  readonly duplicates: "drop" | "keep";
}

/** A descriptor, checked and with its defaults filled in. */
export interface Descriptor {
  /** Names models, endpoints and files. */
  readonly name: string;
  /** For headings; the name where the file gives none. */
  readonly title: string;
  /** Absolute path of the descriptor, the empty string for one that came from no file. */
  readonly path: string;
  /** Absolute path of the CSV. */
  readonly csv: string;
  /** The column that holds the class. */
  readonly target: string;
  /** Every class that may occur (k); a label is an index into it. */
  readonly classes: readonly string[];
  /** The input columns (d), in the model's order. */
  readonly features: readonly DescribedFeature[];
  /** A column that says where a row belongs, where the file names one; it is no input. */
  readonly group?: string;
  /** The day up to which the rows tell, YYYY-MM-DD, where the file says it. */
  readonly asOf?: string;
  /** Where the rows come from, where the file says it. */
  readonly source?: string;
  /** Under which terms, where the file says it. */
  readonly licence?: string;
  /** See {@linkcode CleaningPolicy}. */
  readonly cleaning: CleaningPolicy;
}

const validate = new Ajv({
  strict: false,
  strictNumbers: true, // JSON can spell Infinity: 1e999
  allErrors: true,
  verbose: true,
}).compile(schema);

/**
 * Reads a descriptor.
 *
 * @param path Absolute or relative to the current folder.
 * @returns The descriptor.
 * @throws {BadInput} If the file is missing, is no JSON or breaks a rule; the message gives the JSON
 * pointer of the field.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readDescriptor } from "lib/data/mod.ts";
 *
 * const iris = await readDescriptor("data/iris.dataset.json");
 * assert.equal(iris.features[2].unit, "cm");
 * ```
 */
export async function readDescriptor(path: string): Promise<Descriptor> {
  const absolute = resolve(path);
  let text: string;
  try {
    text = await Deno.readTextFile(absolute);
  } catch (cause) {
    throw new BadInput({
      field: "dataset descriptor",
      rule: "must be a file that can be read",
      value: path,
    }, { cause });
  }
  let document: unknown;
  try {
    document = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new BadInput({
      field: `${basename(path)} /`,
      rule: `must be JSON (${(cause as Error).message.replace(/\s+/g, " ")})`,
      value: text.slice(0, 40),
    }, { cause });
  }
  return parseDescriptor(document, absolute);
}

/**
 * Checks a descriptor that is already an object.
 *
 * @param document What the JSON file holds.
 * @param path Where it came from: a relative `csv` is looked for beside it.
 * @returns The descriptor with its defaults.
 * @throws {BadInput} If it breaks a rule; the message gives the JSON pointer of the field.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseDescriptor } from "lib/data/mod.ts";
 *
 * assert.throws(
 *   () => parseDescriptor({ name: "iris", csv: "x.csv", target: "t", classes: ["a"], features: [] }),
 *   /descriptor \/classes must NOT have fewer than 2 items \(and 1 more\): got \["a"\]/,
 * );
 * ```
 */
export function parseDescriptor(document: unknown, path = ""): Descriptor {
  const file = path ? basename(path) : "descriptor";
  if (!validate(document)) throw schemaError(file, validate.errors!);
  // deno-lint-ignore no-explicit-any -- the schema has just vouched for its shape
  const given = document as any;
  const features: DescribedFeature[] = given.features.map((feature: DescribedFeature) => ({
    name: feature.name,
    unit: feature.unit,
    min: feature.min,
    max: feature.max,
    csvUnit: feature.csvUnit ?? feature.unit,
  }));
  const bad = (pointer: string, rule: string, value: unknown) =>
    new BadInput({ field: `${file} ${pointer}`, rule, value });
  features.forEach(({ name, unit, min, max, csvUnit }, i) => {
    if (min >= max) throw bad(`/features/${i}/max`, `must be above min, which is ${min}`, max);
    if (name === given.target) throw bad(`/features/${i}/name`, "must not be the target", name);
    const first = features.findIndex((other) => other.name === name);
    if (first < i) throw bad(`/features/${i}/name`, `must differ from /features/${first}`, name);
    if (conversion({ from: csvUnit, to: unit }) === undefined) {
      throw bad(`/features/${i}/csvUnit`, `must be convertible to "${unit}"`, csvUnit);
    }
  });
  const { group, asOf } = given;
  if (group === given.target || features.some(({ name }) => name === group)) {
    throw bad("/group", "must be neither target nor feature", group);
  }
  if (asOf !== undefined && new Date(asOf).toJSON()?.slice(0, 10) !== asOf) {
    throw bad("/asOf", "must be a day of the calendar", asOf);
  }
  return {
    name: given.name,
    title: given.title ?? given.name,
    path,
    csv: resolve(dirname(path || "."), given.csv),
    target: given.target,
    classes: given.classes,
    features,
    ...(group !== undefined && { group }),
    ...(asOf !== undefined && { asOf }),
    ...(given.source !== undefined && { source: given.source }),
    ...(given.licence !== undefined && { licence: given.licence }),
    cleaning: { missing: "refuse", range: "refuse", duplicates: "drop", ...given.cleaning },
  };
}

function schemaError(file: string, errors: readonly ErrorObject[]): BadInput {
  const [{ instancePath, keyword, message, params, data }] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  if (keyword === "required") {
    const pointer = `${instancePath}/${params.missingProperty}`;
    return new BadInput({ field: `${file} ${pointer}`, rule: `must be there${more}` });
  }
  const rules: Record<string, () => string> = {
    enum: () => `must be one of ${params.allowedValues.join(", ")}`,
    additionalProperties: () => `must not have the key "${params.additionalProperty}"`,
  };
  const rule = rules[keyword]?.() ?? message!;
  return new BadInput({ field: `${file} ${instancePath || "/"}`, rule: rule + more, value: data });
}
