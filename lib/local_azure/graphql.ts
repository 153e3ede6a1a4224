/** As much of GraphQL as MLflow's web pages use: one query, its fields, variables as arguments. */

import { invalid } from "./mlflow_error.ts";

/** One field that is asked for. */
export interface Field {
  readonly name: string;
  /** The name it is answered under. */
  readonly as: string;
  /** The variable that its argument `input` names, if it has one. */
  readonly input?: string;
  /** What is asked for of it; nothing for a plain value. */
  readonly fields: readonly Field[];
}

/** Deepest nesting of fields. */
const DEEPEST = 12;

/** Fields that one query may ask for. */
const MOST_FIELDS = 300;

/**
 * The fields of a query.
 *
 * @param text The query.
 * @returns The fields at its top.
 * @throws {MlflowError} 400 if it cannot be read, or asks in a way that is not known here: several
 * queries, a mutation, fragments, arguments other than `input: $variable`.
 * @see https://spec.graphql.org/October2021/
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseQuery } from "lib/local_azure/graphql.ts";
 *
 * const [run] = parseQuery("query A($d: In!) { run: getRun(input: $d) { id } }");
 * assert.deepEqual(run, {
 *   ...{ name: "getRun", as: "run", input: "d" },
 *   fields: [{ name: "id", as: "id", input: undefined, fields: [] }],
 * });
 * assert.throws(() => parseQuery("mutation { a }"), /must be a query/);
 * ```
 */
export function parseQuery(text: string): Field[] {
  const tokens = text.replace(/#[^\n]*/g, "").match(/"(?:[^"\\\n]|\\.)*"|\.\.\.|[\w$]+|[^\s,]/g) ??
    [];
  let at = 0, count = 0;
  const refused = (why: string) => invalid(`The GraphQL request ${why}`);

  function take(wanted?: string): string {
    const token = tokens[at++];
    if (token === undefined || wanted !== undefined && token !== wanted) {
      throw refused(`cannot be read at '${token ?? "its end"}'`);
    }
    return token;
  }

  function name(): string {
    const token = take();
    if (/^[A-Za-z_]\w*$/.test(token)) return token;
    throw refused(token === "..." ? "must be without fragments" : `cannot be read at '${token}'`);
  }

  function skipParentheses(): void {
    take("(");
    while (take() !== ")");
  }

  function skipDirectives(): void {
    while (tokens[at] === "@") {
      at++;
      name();
      if (tokens[at] === "(") skipParentheses();
    }
  }

  function input(): string | undefined {
    if (tokens[at] !== "(") return undefined;
    take("(");
    take("input");
    take(":");
    const variable = /^\$(\w+)$/.exec(take())?.[1];
    if (!variable) throw refused("must give its input as a variable");
    take(")");
    return variable;
  }

  function fields(depth: number): Field[] {
    if (depth > DEEPEST) throw refused(`must be at most ${DEEPEST} levels deep`);
    const found: Field[] = [];
    take("{");
    while (tokens[at] !== "}") {
      if (++count > MOST_FIELDS) throw refused(`must ask for at most ${MOST_FIELDS} fields`);
      const first = name(), isAlias = tokens[at] === ":";
      if (isAlias) at++;
      const field = { name: isAlias ? name() : first, as: first, input: input() };
      skipDirectives();
      found.push({ ...field, fields: tokens[at] === "{" ? fields(depth + 1) : [] });
    }
    take("}");
    return found;
  }

  if (tokens[at] !== "{") {
    if (take() !== "query") throw refused("must be a query");
    if (tokens[at] !== "{" && tokens[at] !== "(" && tokens[at] !== "@") name();
    if (tokens[at] === "(") skipParentheses();
    skipDirectives();
  }
  const asked = fields(1);
  if (at < tokens.length) throw refused("must be one query");
  return asked;
}
