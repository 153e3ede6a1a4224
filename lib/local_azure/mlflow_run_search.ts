/** Searching runs: conditions and order become SQL, so that the indexes are used. */

import type { JsonRecord } from "lib/core/mod.ts";
import { checkAzureSearch } from "./mlflow_azure_rules.ts";
import type { Call, Routes } from "./mlflow_context.ts";
import { experimentNumber } from "./mlflow_experiments.ts";
import { type Condition, type Order, parseFilter, parseOrder } from "./mlflow_filter.ts";
import { pageFrom, pageOf } from "./mlflow_pages.ts";
import { type Run, runShown, SELECT_RUNS } from "./mlflow_run_body.ts";
import { VIEWS } from "./mlflow_values.ts";
import { RUNS } from "./mlflow_vocabulary.ts";

/** The operation. */
export const RUN_SEARCH_ROUTES: Routes = { "POST runs/search": search };

/** A piece of SQL and what stands for its question marks. */
interface Piece {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

function search({ mlflow, scope, given }: Call): JsonRecord {
  const experiments = given.texts("experiment_ids").map(experimentNumber);
  const page = pageOf(given, { most: 50_000, otherwise: 1_000 });
  const conditions = parseFilter(given.text("filter") ?? "", RUNS);
  const orders = parseOrder(given.texts("order_by"), RUNS);
  if (scope.strict) checkAzureSearch(conditions, orders);
  const view = given.oneOf("run_view_type", ["ACTIVE_ONLY", "DELETED_ONLY", "ALL"]);
  const stages = VIEWS[view ?? "ACTIVE_ONLY"];
  const joins = orders.map(joinFor), wheres = conditions.map(whereFor);
  const sql = `${SELECT_RUNS} ${joins.map(({ sql }) => sql).join(" ")}
    WHERE r.workspace = ? AND r.experiment IN (SELECT value FROM json_each(?))
      AND r.stage IN (SELECT value FROM json_each(?))
      ${wheres.map(({ sql }) => `AND ${sql}`).join("\n")}
    ORDER BY ${[...orders.map(orderFor), "r.started DESC", "r.id"].join(", ")}
    LIMIT ? OFFSET ?`;
  const runs = mlflow.store.db.prepare(sql).all(
    ...joins.flatMap(({ values }) => values),
    scope.key,
    JSON.stringify(experiments),
    JSON.stringify(stages),
    ...wheres.flatMap(({ values }) => values),
    page.size + 1,
    page.offset,
  ) as unknown as Run[];
  const { items, next } = pageFrom(runs, page);
  if (items.length === 0) return {};
  return { runs: items.map((run) => runShown(mlflow, scope, run)), ...next };
}

/** Columns of the attributes. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  run_id: "r.id",
  run_name: "r.name",
  status: "r.status",
  user_id: "r.user",
  artifact_uri: "(e.location || '/' || r.id || '/artifacts')",
  start_time: "r.started",
  end_time: "r.ended",
};

const TABLES = { metric: "mlflow_latest_metrics", param: "mlflow_params", tag: "mlflow_run_tags" };

function whereFor(condition: Condition): Piece {
  const { entity, key } = condition;
  switch (entity) {
    case "attribute":
      return comparison(ATTRIBUTES[key], condition);
    case "dataset": {
      const { sql, values } = comparison(`i.${key}`, condition);
      return {
        sql: `EXISTS (SELECT 1 FROM mlflow_inputs i WHERE i.run = r.id AND ${sql})`,
        values,
      };
    }
    case "metric": {
      const { sql, values } = comparison("v.value", condition);
      // NaN differs from every number, and is neither above nor below any
      const whole = condition.comparator === "!=" ? `(v.nan OR ${sql})` : `(NOT v.nan AND ${sql})`;
      return having(entity, key, { sql: whole, values });
    }
    default:
      if (condition.comparator === "IS NOT NULL") return having(entity, key);
      if (condition.comparator === "IS NULL") {
        const { sql, values } = having(entity, key);
        return { sql: `NOT ${sql}`, values };
      }
      return having(entity, key, comparison("v.value", condition));
  }
}

function having(entity: keyof typeof TABLES, key: string, also?: Piece): Piece {
  const more = also ? ` AND ${also.sql}` : "";
  return {
    sql: `EXISTS (SELECT 1 FROM ${TABLES[entity]} v WHERE v.run = r.id AND v.key = ?${more})`,
    values: [key, ...also?.values ?? []],
  };
}

function comparison(column: string, { comparator, value }: Condition): Piece {
  if (comparator === "IN" || comparator === "NOT IN") {
    return {
      sql: `${column} ${comparator} (SELECT value FROM json_each(?))`,
      values: [JSON.stringify(value)],
    };
  }
  // LIKE of SQLite does not see the case of letters, GLOB does
  if (comparator === "LIKE") return { sql: `${column} GLOB ?`, values: [globOf(String(value))] };
  if (comparator === "ILIKE") {
    return { sql: `lower(${column}) GLOB lower(?)`, values: [globOf(String(value))] };
  }
  return { sql: `${column} ${comparator} ?`, values: [value as string | number] };
}

/** The pattern of GLOB for one of LIKE. */
function globOf(pattern: string): string {
  return pattern.replace(/[*?[]/g, "[$&]").replaceAll("%", "*").replaceAll("_", "?");
}

/** Joins what is ordered by; runs that have none of it stay. */
function joinFor({ entity, key }: Order, i: number): Piece {
  if (entity === "attribute" || entity === "dataset") return { sql: "", values: [] };
  return {
    sql: `LEFT JOIN ${TABLES[entity]} o${i} ON o${i}.run = r.id AND o${i}.key = ?`,
    values: [key],
  };
}

/** Whatever the direction: numbers, then NaN, then the runs without. */
function orderFor({ entity, key, descending }: Order, i: number): string {
  const direction = descending ? "DESC" : "ASC";
  if (entity === "attribute") return `${ATTRIBUTES[key]} ${direction} NULLS LAST`;
  const nan = entity === "metric" ? `o${i}.nan, ` : "";
  return `o${i}.run IS NULL, ${nan}o${i}.value ${direction}`;
}
