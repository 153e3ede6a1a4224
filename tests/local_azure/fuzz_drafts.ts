/** Requests by the grammar of the real routes, none of them wrong yet. */

import type { Json, JsonRecord, Random } from "lib/core/mod.ts";
import type { Route } from "lib/local_azure/arm_router.ts";
import { armBody, mlflowBody, type Place } from "./fuzz_bodies.ts";
import { chance, pick } from "./fuzz_mutate.ts";
import type { WireRequest } from "./fuzz_wire.ts";

/** What answers under one host. */
export const FACES = [
  "arm",
  "mlflow",
  "mlflow-azure",
  "vault",
  "blob",
  "scoring",
  "identity",
  "control",
  "page",
  "foreign",
] as const;

/** See {@linkcode FACES}. */
export type Face = typeof FACES[number];

/** What the generator draws from. */
export interface Ground {
  readonly port: number;
  readonly routes: readonly Route[];
  /** Operations of MLflow, e.g. `POST runs/create`. */
  readonly operations: readonly string[];
  /** The workspaces; the first is the default one. */
  readonly places: readonly Place[];
  /** Good tokens by audience. */
  readonly tokens: { readonly arm: string; readonly vault: string; readonly storage: string };
  /** A key of the endpoint, and its host. */
  readonly endpoint: { readonly host: string; readonly key: string };
  /** Runs that are there, one of each workspace. */
  readonly runs: readonly string[];
  /** What must never become the name of a file outside the data folder. */
  readonly mark: string;
}

/** A request before it is made wrong. */
export type Draft = Pick<WireRequest, "method" | "target"> & {
  readonly host: string;
  readonly token?: string;
  readonly body?: Json;
  readonly headers?: readonly (readonly [string, string])[];
};

/** Makes a request of each face. */
export const DRAFTS: Readonly<Record<Face, (random: Random, ground: Ground) => Draft>> = {
  arm,
  mlflow: (random, ground) => mlflow(random, ground, ""),
  "mlflow-azure": (random, ground) => {
    const at = random.integer(ground.places.length);
    return {
      ...mlflow(
        random,
        ground,
        `/mlflow/v${pick(random, ["1.0", "2.0"])}${ground.places[at].home}`,
        at,
      ),
      host: "eastus.api.azureml.ms",
      token: ground.tokens.arm,
    };
  },
  vault(random, { tokens }) {
    const name = pick(random, ["s1", "s2", "s3"]), [method, path] = pick(random, VAULT);
    return {
      method,
      target: `${path.replace("NAME", name).replace("VERSION", "0".repeat(32))}?api-version=7.4`,
      host: pick(random, ["kv-local.vault.azure.net", "other.vault.azure.net"]),
      token: tokens.vault,
      body: method === "PUT" || method === "PATCH"
        ? {
          value: "v",
          contentType: "text/plain",
          tags: { a: "b" },
          attributes: { enabled: true, exp: 2_000_000_000 },
        }
        : undefined,
    };
  },
  blob(random, { tokens }) {
    const [method, path, more] = pick(random, BLOB);
    const headers = [["x-ms-version", "2024-11-04"], ...more] as [string, string][];
    const name = pick(random, ["a", "b/c", "LocalUpload/9/app/Dockerfile", "d.txt"]);
    return {
      method,
      target: path.replace("NAME", name).replace("BOX", pick(random, ["azureml", "fuzzbox"])),
      host: "devstoreaccount1.blob.core.windows.net",
      token: tokens.storage,
      headers,
      body: method === "PUT" ? { some: "bytes" } : undefined,
    };
  },
  scoring(random, { endpoint }) {
    const headers: [string, string][] = chance(random, 0.3)
      ? [["azureml-model-deployment", pick(random, ["blue", "green", "BLUE"])]]
      : [];
    return {
      method: pick(random, ["POST", "POST", "POST", "GET"]),
      target: pick(random, ["/score", "/score", "/score/x", "/swagger.json", "/live", "/"]),
      host: pick(random, [
        endpoint.host,
        endpoint.host,
        endpoint.host,
        "none.eastus.inference.ml.azure.com",
      ]),
      token: endpoint.key,
      headers,
      body: [[5.1, 3.5, 1.4, 0.2]],
    };
  },
  identity: () => ({
    method: "GET",
    target: "/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fvault.azure.net",
    host: "127.0.0.1",
    headers: [["x-identity-header", "any"]],
  }),
  control(random) {
    const [method, path, body] = pick(random, CONTROL);
    return { method, target: path, host: pick(random, ["127.0.0.1", "localhost"]), body };
  },
  page: () => ({ method: "GET", target: "/", host: "localhost" }),
  foreign: (random, ground) => ({
    ...pick(random, [arm, DRAFTS.control, DRAFTS.page])(random, ground),
    host: pick(random, [
      "evil.example",
      "127.0.0.1.evil.example",
      "management.azure.com.evil.example",
      "vault.azure.net",
      "0.0.0.0",
      "[::1]",
      "localhost.",
      "127.1",
      "2130706433",
    ]),
  }),
};

const VAULT: readonly (readonly [string, string])[] = [
  ["GET", "/secrets"],
  ["PUT", "/secrets/NAME"],
  ["GET", "/secrets/NAME"],
  ["GET", "/secrets/NAME/VERSION"],
  ["PATCH", "/secrets/NAME/VERSION"],
  ["GET", "/secrets/NAME/versions"],
  ["DELETE", "/secrets/NAME"],
  ["GET", "/deletedsecrets"],
  ["GET", "/deletedsecrets/NAME"],
  ["POST", "/deletedsecrets/NAME/recover"],
  ["DELETE", "/deletedsecrets/NAME"],
];

const BLOCK = [["x-ms-blob-type", "BlockBlob"]] as const;

const BLOB: readonly (readonly [string, string, readonly (readonly [string, string])[]])[] = [
  ["PUT", "/BOX?restype=container", []],
  ["GET", "/BOX?restype=container&comp=list&prefix=a&maxresults=5", []],
  ["GET", "/?comp=list", []],
  ["PUT", "/BOX/NAME", BLOCK],
  ["PUT", "/BOX/NAME", [["x-ms-blob-type", "AppendBlob"]]],
  ["PUT", "/BOX/NAME?comp=appendblock", []],
  ["PUT", "/BOX/NAME?comp=block&blockid=AAAA", []],
  ["PUT", "/BOX/NAME?comp=blocklist", []],
  ["PUT", "/BOX/NAME?comp=metadata", [["x-ms-meta-a", "b"]]],
  ["PUT", "/BOX/NAME?comp=lease", [["x-ms-lease-action", "acquire"], [
    "x-ms-lease-duration",
    "15",
  ]]],
  ["GET", "/BOX/NAME", [["x-ms-range", "bytes=0-3"]]],
  ["GET", "/BOX/NAME", []],
  ["HEAD", "/BOX/NAME", []],
  ["DELETE", "/BOX/NAME", []],
  ["GET", "/BOX/NAME?sv=2024-11-04&sr=b&sig=AAAA&se=2030-01-01T00%3A00%3A00Z&sp=r", []],
];

/** `stop` and `reset` are not here: they do what they say. Clock and limits are only set wrongly. */
const CONTROL: readonly (readonly [string, string, Json?])[] = [
  ["GET", "/_local/health"],
  ["GET", "/_local/log"],
  ["GET", "/_local/clock"],
  ["GET", "/_local/limits"],
  ["GET", "/_local/faults"],
  ["POST", "/_local/keep", { pid: 1 }],
  ["POST", "/_local/clock", { advanceMs: 9_007_199_254_740_991 }],
  ["POST", "/_local/clock", { set: "+275760-09-13T00:00:00.000Z" }],
  ["POST", "/_local/limits", { requestsPerSecond: 0 }],
  ["POST", "/_local/limits", { __proto__x: 1 }],
  ["POST", "/_local/faults", { kind: "none", times: 1 }],
  ["POST", "/_local/nothing", { a: 1 }],
  ["POST", "/nothing", { a: 1 }],
];

function arm(random: Random, { routes, places, tokens }: Ground): Draft {
  const route = pick(random, routes), place = pick(random, places);
  const [, , subscription, , group, , , , workspace] = place.home.split("/");
  const known: Record<string, string> = { subscription, group, workspace };
  const path = route.path.replace(/^~/, place.home).replaceAll(
    /\{(\w+)\}/g,
    (_, name) =>
      known[name] ?? (name === "version" ? pick(random, ["1", "2"]) : nameOf(random, route.path)),
  );
  const query = `api-version=2022-10-01${chance(random, 0.2) ? `&${pick(random, QUERIES)}` : ""}`;
  const wanted = ["PUT", "POST", "PATCH"].includes(route.method);
  return {
    method: route.method,
    target: `${path}?${query}`,
    host: "management.azure.com",
    token: tokens.arm,
    body: wanted ? armBody(route.path, place) : undefined,
  };
}

/** Names by the first letter of their kind: `m1` is a model, `e1` an environment. */
function nameOf(random: Random, route: string): string {
  const kind = /(?:~|providers)\/(\w)/.exec(route)?.[1] ?? "x";
  return `${kind}${route.includes("onlineEndpoints") ? "-fuzz-" : ""}${1 + random.integer(3)}`;
}

const QUERIES = [
  ..."$top=1 $top=-1 $top=1e99 $skip=1 $skip=x count=2 $orderBy=name $orderBy=x tags=a=b".split(
    " ",
  ),
  ..."properties=p listViewType=All listViewType=x hash=00 type=async jobType=command tag=a".split(
    " ",
  ),
];

function mlflow(random: Random, { operations, runs }: Ground, mount: string, at = 0): Draft {
  // now and then the run of another workspace, which must not be found
  const host = "127.0.0.1", run = chance(random, 0.15) ? pick(random, runs) : runs[at];
  if (chance(random, 0.25)) {
    const path = pick(random, ["a.txt", "model/b.json", `0/${run}/artifacts/c`, "x/y/z"]);
    const method = pick(random, ["PUT", "GET", "GET", "DELETE"]);
    const target = `${mount}/api/2.0/mlflow-artifacts/artifacts${
      chance(random, 0.2) ? `?path=${path}` : `/${path}`
    }`;
    return { method, target, host, body: method === "PUT" ? "bytes" : undefined };
  }
  const [method, operation] = pick(random, operations).split(" "),
    body = mlflowBody(operation, run);
  const target = `${mount}/api/2.0/mlflow/${operation}`;
  if (method !== "GET") return { method, target, host, body };
  const query = Object.entries(body as JsonRecord).map(([key, value]) =>
    `${key}=${encodeURIComponent(String(value))}`
  );
  return { method, target: `${target}?${query.join("&")}`, host };
}
