/** Microsoft's schema of the resources that we PUT, read so strictly that a misspelt field is an error. */

import { Ajv, type ErrorObject } from "ajv";
import schema from "./fixtures/Microsoft.MachineLearningServices.2022-10-01.json" with {
  type: "json",
};

/** A PUT on its way to the service. */
export interface Put {
  /** Type below the workspace, e.g. `onlineEndpoints/deployments`. */
  readonly type: string;
  /** Last segment of the path. */
  readonly name: string;
  /** E.g. `2022-10-01`. */
  readonly apiVersion: string;
  // deno-lint-ignore no-explicit-any -- what was sent
  readonly body: any;
}

type Node = Record<string, unknown>;

const EXPRESSIONS = "https://schema.management.azure.com/schemas/common/definitions.json";

/** Reads a PUT's URL; nothing if it names no resource of a workspace. */
export function putOf(url: string, text: string): Put | undefined {
  const { pathname, searchParams } = new URL(url);
  const [, path] = /\/workspaces\/[^/]+\/(.+)$/.exec(pathname) ?? [];
  if (path === undefined) return undefined;
  const segments = path.split("/");
  return {
    type: segments.filter((_, i) => i % 2 === 0).join("/"),
    name: decodeURIComponent(segments.at(-1)!),
    apiVersion: searchParams.get("api-version")!,
    body: JSON.parse(text),
  };
}

/** What is wrong with a PUT; empty if nothing is. */
export function faultsOf({ type, name, body }: Put): string[] {
  const key = `workspaces_${type.replaceAll("/", "_")}`;
  const validate = ajv.getSchema(`ml#/resourceDefinitions/${key}`);
  if (!validate) return [`the schema has no ${key}`];
  const whole = {
    ...body,
    ...{ name, type: `Microsoft.MachineLearningServices/workspaces/${type}` },
    apiVersion: "2022-10-01",
  };
  if (validate(whole)) return [];
  // an expression in brackets would do everywhere, which is nobody's mistake
  return validate.errors!.filter(({ schemaPath }) => !schemaPath.includes("expression")).map(told);
}

function told({ instancePath, message, params }: ErrorObject): string {
  return `${instancePath} ${message} ${JSON.stringify(params)}`;
}

/**
 * The schema as it can be held against bodies: in a dialect that ajv reads (it is draft 4 by name only),
 * and closed where Microsoft's leaves objects open, but for the parts that only stand inside an `allOf`.
 */
function closed(): Node {
  const { id: _id, $schema: _draft, ...rest } = structuredClone(schema) as unknown as Node;
  const parts = new Set<string>();
  walk(rest, (node) => {
    for (const part of (node.allOf ?? []) as Node[]) {
      parts.add(String(part.$ref).split("/").at(-1)!);
    }
  });
  const { definitions, resourceDefinitions } = rest as Record<string, Record<string, Node>>;
  for (
    const [name, node] of [...Object.entries(definitions), ...Object.entries(resourceDefinitions)]
  ) {
    const isOpen = node.type === "object" && node.additionalProperties === undefined;
    if (isOpen && node.properties && !parts.has(name)) node.additionalProperties = false;
  }
  return { $id: "ml", ...rest };
}

function walk(value: unknown, visit: (node: Node) => void): void {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) visit(value as Node);
  for (const inner of Object.values(value)) walk(inner, visit);
}

const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addSchema({
  $id: EXPRESSIONS,
  definitions: { expression: { type: "string", pattern: "^\\[([^\\[].*)?\\]$" } },
});
ajv.addSchema(closed());
