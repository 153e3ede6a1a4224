/**
 * Resources that the lenient mode keeps as they were sent, because a rule of the service refuses them:
 * what Microsoft's samples send is placeholders ("string"). They can be read, listed, changed and deleted
 * like others, in the contract's codes and headers, but nothing is ever started for them.
 */

import { randomUUID } from "node:crypto";
import type { Json, JsonRecord } from "lib/core/mod.ts";
import { AML, ARM, type Arm, propertiesOf, systemData, workspaceOf } from "./arm_context.ts";
import { frontEndUrls } from "./arm_endpoints.ts";
import { computeOperationUrls, TIMEOUT_HEADER } from "./arm_operation_status.ts";
import { answer, type Call, empty } from "./arm_router.ts";
import { newKey } from "./endpoint_key.ts";
import type { Operation } from "./operations.ts";
import type { Stored } from "./store.ts";

/** How the service answers changes of one type: with an operation of one of its two kinds, or at once. */
interface Shape {
  readonly operation?: "oe" | "od" | "sc" | "be" | "bd" | "compute";
  /** Code of a PUT that makes one. Default 201. */
  readonly made?: number;
  /** Code of a PATCH. Default 200, with the resource; 202 has the operation's `Location`. */
  readonly patched?: 202;
  /** Whether a path that leads through one makes it. */
  readonly leads?: true;
  /** What the service fills in, besides what every resource has. */
  readonly filled?: (properties: JsonRecord, name: string, location: string) => JsonRecord;
}

const ASSET: Shape = { filled: () => ({ isArchived: false }) };
const ENDPOINT_KIND = { leads: true, patched: 202 } as const;

/** By the names in the path between workspace and resource. */
const SHAPES: Readonly<Record<string, Shape>> = {
  onlineEndpoints: { ...ENDPOINT_KIND, operation: "oe", filled: scored("score") },
  "onlineEndpoints/deployments": { ...ENDPOINT_KIND, operation: "od" },
  batchEndpoints: { leads: true, operation: "be", filled: scored("jobs") },
  "batchEndpoints/deployments": { leads: true, operation: "bd" },
  computes: { leads: true, operation: "compute" },
  schedules: { operation: "sc" },
  jobs: { leads: true, filled: () => ({ status: "Queued", isArchived: false }) },
  datastores: { leads: true, filled: () => ({ isDefault: false }) },
  connections: { made: 200 },
  privateEndpointConnections: { made: 200, filled: () => ({ privateEndpoint: null }) },
  ...Object.fromEntries(
    ["models", "data", "environments", "codes", "components"]
      .flatMap((plural) => [[plural, ASSET], [`${plural}/versions`, ASSET]]),
  ),
};

/** Fields that a client sends and no answer has. */
const SECRET = /^(secrets|keys|adminUserPassword|password|pat|sas)$/;

/** One resource on a path. */
interface Place {
  readonly id: string;
  readonly shape: Shape;
  readonly kind: string;
}

/** What is kept as it was sent. */
export interface AsSent {
  /** Makes what a path leads through and is not there. */
  lead(path: string, call: Call): void;
  /** Whether the resource that the path names is such a one. */
  has(path: string, call: Call): boolean;
  /** Answers a PUT or PATCH, or an action on a compute; nothing where the contract has no such shape. */
  answer(path: string, call: Call): Response | undefined;
}

/** Keeps resources as they were sent. */
export function keepAsSent(arm: Arm): AsSent {
  const { store, operations, clock } = arm;
  operations.register("asSent", { run: () => Promise.resolve(() => {}), failed: () => {} });

  /** The resources that a path names, from the workspace down; the last may be followed by an action. */
  function placesOf(path: string, { params }: Call): Place[] {
    const parts = path.slice(2).split("/"), places: Place[] = [];
    let id = "", kind = "";
    for (let i = 0; i + 1 < parts.length && parts[i + 1].startsWith("{"); i += 2) {
      const name = params[parts[i + 1].slice(1, -1)];
      id += `/${parts[i]}/${name}`;
      kind = kind ? `${kind}/${parts[i]}` : parts[i];
      const shape = SHAPES[kind];
      if (!shape) return [];
      places.push({ id: workspaceOf(store, params).id + id, shape, kind });
    }
    return places;
  }

  /** The resource that the path ends with. */
  function placeOf(path: string, call: Call): Place | undefined {
    return path.startsWith("~/") && path.endsWith("}") ? placesOf(path, call).at(-1) : undefined;
  }

  function write({ id, shape, kind }: Place, call: Call, sent: JsonRecord): Stored {
    const before = store.get(id), workspace = workspaceOf(store, call.params);
    const name = id.split("/").at(-1)!, location = String(sent.location ?? workspace.body.location);
    const given = (withoutSecrets(sent.properties ?? {})) as JsonRecord;
    const state: JsonRecord = shape.operation || kind === "privateEndpointConnections"
      ? { provisioningState: "Succeeded" }
      : {};
    const properties: JsonRecord = {
      ...{ description: null, tags: {}, properties: {} },
      ...shape.filled?.(given, name, location),
      ...given,
      ...state,
    };
    const { tags, identity, kind: said, sku } = sent;
    const tracked: JsonRecord = shape.operation && shape.operation !== "sc"
      ? { location, tags: tags ?? {}, sku: sku ?? SKU, kind: said ?? "Managed" }
      : {};
    const own = { id: before?.id ?? id, name, type: `${AML}/workspaces/${kind}` };
    const body: JsonRecord = {
      ...own,
      ...tracked,
      ...identity ? { identity } : {},
      properties,
      systemData: systemData(clock.now(), before?.body.systemData as JsonRecord | undefined),
    };
    const keys = { primaryKey: newKey(), secondaryKey: newKey() };
    const hidden = { ...keys, ...before?.hidden, asSent: true, ...secretsOf(sent) };
    const parent = id.split("/").slice(0, -2).join("/");
    return store.put({ id: own.id, type: own.type, parent, body, hidden });
  }

  /** The operation of a change. Several may run on one resource: the samples change it side by side. */
  function begin(id: string, doing: Operation["doing"]): Operation {
    return operations.begin({ kind: "asSent", target: `${id}#${randomUUID()}`, doing });
  }

  function urls(call: Call, scope: NonNullable<Shape["operation"]>, begun: Operation) {
    if (scope !== "compute") return frontEndUrls(store, call, begun, scope);
    const { params: { subscription }, apiVersion } = call;
    const location = String(workspaceOf(store, call.params).body.location);
    return computeOperationUrls(begun, { subscription, location, apiVersion });
  }

  function put(place: Place, call: Call): Response {
    const { id, shape: { operation, made = 201 } } = place, before = store.get(id);
    const { body } = write(place, call, call.body);
    const location = { location: `${ARM}${id}?api-version=${call.apiVersion}` };
    const code = before ? 200 : made;
    if (!operation) return answer(code, body, code === 201 ? location : {});
    const begun = begin(id, before ? "Updating" : "Creating");
    const headers = { "azure-asyncoperation": urls(call, operation, begun).status };
    return answer(code, body, { ...location, ...headers, ...TIMEOUT_HEADER });
  }

  function patch(place: Place, call: Call): Response {
    const { id, shape: { operation, patched } } = place, before = store.get(id)!.body;
    const properties = { ...propertiesOf(before), ...propertiesOf(call.body) };
    const { body } = write(place, call, { ...before, ...call.body, properties });
    if (!operation || patched !== 202) return answer(200, body);
    const { result } = urls(call, operation, begin(id, "Updating"));
    return answer(202, null, { location: result, ...TIMEOUT_HEADER });
  }

  function act(path: string, call: Call): Response | undefined {
    const compute = path.startsWith("~/computes/") && store.get(placesOf(path, call)[0].id);
    if (!compute) return undefined;
    const action = path.split("/").at(-1)!;
    if (action === "listKeys") {
      return answer(200, { computeType: propertiesOf(compute.body).computeType ?? null });
    }
    const { status, result } = urls(call, "compute", begin(compute.id, "Updating"));
    return empty(202, { "azure-asyncoperation": status, location: result });
  }

  return {
    lead(path, call) {
      if (!path.startsWith("~/")) return;
      const places = placesOf(path, call), named = placeOf(path, call);
      for (const place of places) {
        if (place.id === named?.id || !place.shape.leads || store.get(place.id)) continue;
        write(place, call, {});
      }
    },
    has: (path, call) => {
      const place = placeOf(path, call);
      return place !== undefined && store.get(place.id)?.hidden.asSent === true;
    },
    answer(path, call) {
      if (call.method === "POST") return act(path, call);
      const place = placeOf(path, call);
      if (!place) return undefined;
      if (call.method === "PUT") return put(place, call);
      return call.method === "PATCH" && store.get(place.id) ? patch(place, call) : undefined;
    },
  };
}

const SKU = { name: "Default", tier: "Standard", capacity: 1 };

function scored(path: string): Shape["filled"] {
  return (_given, name, location) => ({
    ...{ authMode: "Key", traffic: {}, swaggerUri: null },
    scoringUri: `https://${name}.${location}.inference.ml.azure.com/${path}`,
  });
}

function withoutSecrets(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([key]) => !SECRET.test(key))
      .map(([key, item]) => [key, withoutSecrets(item)]),
  );
}

/** A datastore's secrets, which are told when somebody asks for them. */
function secretsOf({ properties }: JsonRecord): JsonRecord {
  const credentials = (properties as JsonRecord | undefined)?.credentials;
  const { secrets } = (credentials ?? {}) as JsonRecord;
  return secrets ? { secrets } : {};
}
