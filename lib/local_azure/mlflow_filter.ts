/**
 * The search grammar of MLflow: conditions joined by AND, e.g.
 * `metrics.loss < 0.1 AND params."depth" = '3' AND status = 'FINISHED'`; and the order of the finds,
 * e.g. `metrics.loss DESC`.
 */

import { invalid } from "./mlflow_error.ts";
import { scan, type Scanner } from "./mlflow_scanner.ts";
import type { Attribute, Term, Vocabulary } from "./mlflow_vocabulary.ts";

/** How a value is compared. */
export type Comparator =
  | "="
  | "!="
  | ">"
  | ">="
  | "<"
  | "<="
  | "LIKE"
  | "ILIKE"
  | "IN"
  | "NOT IN"
  | "IS NULL"
  | "IS NOT NULL";

/** One condition. */
export interface Condition extends Term {
  readonly comparator: Comparator;
  /** A number or a text by the kind of the term, texts for a list, null for IS NULL. */
  readonly value: number | string | readonly string[] | null;
}

/** One criterion of the order. */
export interface Order extends Term {
  readonly descending: boolean;
}

const NUMERIC: readonly string[] = ["=", "!=", ">", ">=", "<", "<="];
const TEXTUAL: readonly string[] = ["=", "!=", "LIKE", "ILIKE"];

/** Most conditions of a filter; SQLite takes up to 1,000 in a row. */
const MOST_CONDITIONS = 200;

/** Longest pattern of LIKE, in characters. */
const LONGEST_PATTERN = 10_000;

/** Longest filter or clause, in characters, and most clauses of an order: each may be a join. */
const LONGEST_FILTER = 100_000, MOST_ORDERS = 32;

/**
 * Parses a filter.
 *
 * @param filter The text; empty for no conditions.
 * @param vocabulary What may be asked for.
 * @returns The conditions, all of which must hold.
 * @throws {MlflowError} 400 where the text does not follow the grammar, naming what is wrong.
 * @see MLflow's "Search Runs" guide. Stricter than the server, which takes a missing or a dangling
 * AND.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseFilter } from "lib/local_azure/mlflow_filter.ts";
 * import { RUNS } from "lib/local_azure/mlflow_vocabulary.ts";
 *
 * assert.deepEqual(parseFilter("metrics.`f 1` >= .9 and run_name LIKE 'a%'", RUNS), [
 *   { entity: "metric", key: "f 1", comparator: ">=", value: 0.9 },
 *   { entity: "attribute", key: "run_name", comparator: "LIKE", value: "a%" },
 * ]);
 * assert.throws(() => parseFilter("params.depth > 3", RUNS), /quoted string value/);
 * ```
 */
export function parseFilter(filter: string, vocabulary: Vocabulary): Condition[] {
  if (filter === "") return [];
  if (filter.length > LONGEST_FILTER) {
    throw invalid(`Invalid filter. It has more than ${LONGEST_FILTER} characters.`);
  }
  if (filter.trim() === "") throw invalid(`Invalid filter '${filter}'. Could not be parsed.`);
  const scanner = scan(filter), conditions: Condition[] = [];
  do conditions.push(condition(scanner, vocabulary)); while (scanner.take(/AND\b/iy));
  if (!scanner.atEnd()) throw scanner.fault();
  if (conditions.length > MOST_CONDITIONS) {
    throw invalid(`Invalid filter. It has more than ${MOST_CONDITIONS} conditions.`);
  }
  return conditions;
}

/**
 * Parses the order.
 *
 * @param clauses E.g. `["metrics.loss DESC", "start_time"]`.
 * @param vocabulary What may be ordered by.
 * @returns The criteria, the most important first.
 * @throws {MlflowError} 400 where a clause does not follow the grammar, or a term comes twice.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseOrder } from "lib/local_azure/mlflow_filter.ts";
 * import { RUNS } from "lib/local_azure/mlflow_vocabulary.ts";
 *
 * const [order] = parseOrder(["attributes.created desc"], RUNS);
 * assert.deepEqual(order, { entity: "attribute", key: "start_time", descending: true });
 * ```
 */
export function parseOrder(clauses: readonly string[], vocabulary: Vocabulary): Order[] {
  if (clauses.length > MOST_ORDERS || clauses.some(({ length }) => length > LONGEST_FILTER)) {
    throw invalid(`Invalid order_by. It has more than ${MOST_ORDERS} clauses, or a very long one.`);
  }
  const orders = clauses.map((clause): Order => {
    const scanner = scan(clause),
      refused = () => invalid(`Invalid order_by clause '${clause}'. Could not be parsed.`);
    if (!/^\S/.test(clause)) throw refused();
    const { entity, key } = scanner.term(vocabulary, "order");
    const direction = scanner.take(/(?:ASC|DESC)\b/iy);
    if (!scanner.atEnd()) throw refused();
    return { entity, key, descending: direction?.toUpperCase() === "DESC" };
  });
  const terms = orders.map(({ entity, key }) => JSON.stringify([entity, key]));
  if (new Set(terms).size < terms.length) {
    throw invalid(`\`order_by\` contains duplicate fields: ${JSON.stringify(clauses)}`);
  }
  return orders;
}

function condition(scanner: Scanner, vocabulary: Vocabulary): Condition {
  const term = scanner.term(vocabulary, "filter"), { entity, key } = term;
  const attribute: Attribute = vocabulary.attributes[key] ?? { kind: "text" };
  const isNumber = entity === "metric" || entity === "attribute" && attribute.kind === "number";
  const comparator = scanner.comparator();
  if (comparator === "IS NULL" || comparator === "IS NOT NULL") {
    if ((entity !== "param" && entity !== "tag") || !vocabulary.nullable) {
      throw invalid(
        `IS NULL / IS NOT NULL is only supported for tags and params, not for '${entity}' '${key}'`,
      );
    }
    return { ...term, comparator, value: null };
  }
  if (comparator === "IN" || comparator === "NOT IN") {
    const takesList = entity === "dataset" || entity === "attribute" && attribute.list;
    if (!takesList) {
      throw invalid(`'${key}' does not support comparison with a list of quoted string values.`);
    }
    return { ...term, comparator, value: scanner.list() };
  }
  const value = isNumber
    ? scanner.number(key, attribute.quoted ?? false)
    : scanner.text(`${entity} '${key}'`);
  const allowed = isNumber ? NUMERIC : TEXTUAL;
  if (!allowed.includes(comparator)) {
    throw invalid(`Invalid comparator '${comparator}' not one of '${allowed.join("', '")}'`);
  }
  if (/LIKE/.test(comparator) && String(value).length > LONGEST_PATTERN) {
    throw invalid(`Invalid pattern. It has more than ${LONGEST_PATTERN} characters.`);
  }
  return { ...term, comparator: comparator as Comparator, value };
}
