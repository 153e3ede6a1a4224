/** Requests by the grammar of the real routes, each then made wrong here or there. */

import type { Json, JsonRecord, Random } from "lib/core/mod.ts";
import type { Route } from "lib/local_azure/arm_router.ts";
import { armBody, mlflowBody, type Place } from "./fuzz_bodies.ts";
import { brokenBytes, chance, mutated, nastyText, pick } from "./fuzz_mutate.ts";
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

/** A request and whom it is for. */
export interface FuzzRequest extends WireRequest {
  readonly face: Face;
}

/** How often each face is asked, in parts; Blob is the slowest by far, the control plane the widest. */
const WEIGHTS: Readonly<Record<Face, number>> = {
  ...{ arm: 34, mlflow: 20, "mlflow-azure": 12, vault: 9, blob: 4 },
  ...{ scoring: 8, identity: 3, control: 6, page: 1, foreign: 3 },
};

const DECK = FACES.flatMap((face) => Array<Face>(WEIGHTS[face]).fill(face));

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

type Draft = Pick<WireRequest, "method" | "target"> & {
  readonly host: string;
  readonly token?: string;
  readonly body?: Json;
  readonly headers?: readonly (readonly [string, string])[];
};

/** Makes the next request. */
export function fuzzRequest(random: Random, ground: Ground): FuzzRequest {
  const face = pick(random, DECK), draft = DRAFTS[face](random, ground);
  return { face, ...disturbed(random, draft, ground, face === "foreign") };
}

const DRAFTS: Readonly<Record<Face, (random: Random, ground: Ground) => Draft>> = {
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

/** Whether a path is that of a workspace or of what it lies in, once its dots are resolved. */
function isHome(target: string, { places }: Ground): boolean {
  const { pathname } = URL.parse(`http://h${target}`) ?? { pathname: target };
  const path = pathname.replaceAll(/%2f/gi, "/").replaceAll(/\/+/g, "/").replace(/\/$/, "");
  return places.some(({ home }) => home.toLowerCase().startsWith(path.toLowerCase()));
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

function disturbed(
  random: Random,
  draft: Draft,
  ground: Ground,
  isForeign: boolean,
): WireRequest {
  const { mark, port } = ground;
  const harm = random.integer(10); // what is wrong with it; nothing, for two in ten
  let { method, target, body, host } = draft;
  let bytes: Uint8Array | undefined;
  const headers: [string, string][] = (draft.headers ?? []).map(([name, value]) => [name, value]);
  if (draft.token) headers.push(["authorization", `Bearer ${draft.token}`]);
  if (body !== undefined) headers.push(["content-type", "application/json"]);
  if (harm >= 2 && harm <= 4 && body !== undefined) {
    for (let times = 1 + random.integer(3); times > 0; times--) body = mutated(random, body, mark);
  } else if (harm === 5 && body !== undefined) bytes = brokenBytes(random, JSON.stringify(body));
  else if (harm === 6 || (harm >= 2 && harm <= 5)) target = wrongTarget(random, target, mark);
  else if (harm === 7) method = pick(random, METHODS);
  else if (harm === 8) wrongHeader(random, headers, mark);
  else if (harm === 9 && chance(random, 0.3) && !isForeign) host = wrongHost(random, host);
  if (method === "DELETE" && isHome(target, ground)) method = "GET"; // or nothing would be left
  headers.unshift(["host", chance(random, 0.3) ? `${host}:${port}` : host]);
  const text = body === undefined ? "" : JSON.stringify(body);
  return {
    ...{ method, target, headers },
    body: bytes ?? new TextEncoder().encode(text),
    chunked: text !== "" && chance(random, 0.1),
  };
}

const METHODS = [
  "GET",
  "PUT",
  "POST",
  "PATCH",
  "DELETE",
  "HEAD",
  "OPTIONS",
  "TRACE",
  "PROPFIND",
  "get",
  "__PROTO__",
];

/** A part of path or query that is exchanged, mostly in a spelling that HTTP allows. */
function wrongTarget(random: Random, target: string, mark: string): string {
  const [path, query = ""] = target.split("?"), parts = path.split("/");
  const text = nastyText(random, mark), spelt = spelling(random, text);
  const at = 1 + random.integer(Math.max(parts.length - 1, 1));
  return pick(random, [
    () => `${parts.with(at, spelt).join("/")}?${query}`,
    () => `${parts.with(at, spelt).join("/")}?${query}`,
    () => `${parts.toSpliced(at, 0, spelt).join("/")}?${query}`,
    () => `${parts.slice(0, at).join("/") || "/"}?${query}`,
    () => `${path}/${spelt}?${query}`,
    () => `${path.replaceAll("/", "//")}?${query}`,
    () => `${path.toUpperCase()}?${query}`,
    () => `${path}?${query.replace(/=[^&]*/, `=${spelt}`)}`,
    () => `${path}?${query}&${spelt}=${spelt}`,
    () => `${path}?${"a=1&".repeat(500)}${query}`,
    () => path,
  ])();
}

function spelling(random: Random, text: string): string {
  const encoded = [...text].map((character) => {
    const isPlain = /[\w.~/-]/.test(character);
    if (isPlain && !(character === "/" && chance(random, 0.5))) return character;
    return [...new TextEncoder().encode(character)]
      .map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  }).join("");
  // characters that a request line takes as they are
  return chance(random, 0.3) ? text.replaceAll(/[^\x21-\x7e]|[#?]/g, "~") : encoded;
}

function wrongHeader(random: Random, headers: [string, string][], mark: string): void {
  const text = nastyText(random, mark).replaceAll(/[\r\n\0]/g, " ");
  // either as UTF-8, or the low byte of each character
  const value = chance(random, 0.5) ? String.fromCharCode(...new TextEncoder().encode(text)) : text;
  const name = pick(random, HEADERS), at = headers.findIndex(([other]) => other === name);
  const wrong: [string, string] = [name, value];
  if (at >= 0 && chance(random, 0.7)) headers[at] = wrong;
  else headers.push(wrong);
}

const HEADERS = [
  ..."authorization content-type content-encoding accept accept-encoding cookie range".split(" "),
  ..."x-ms-client-request-id x-ms-correlation-request-id x-ms-request-id x-request-id".split(" "),
  ..."x-ms-version x-ms-date x-ms-range x-ms-blob-type x-ms-meta-a x-ms-lease-id if-match".split(
    " ",
  ),
  ..."if-modified-since x-ms-copy-source x-ms-blob-content-length x-identity-header origin".split(
    " ",
  ),
  ..."sec-fetch-site azureml-model-deployment x-forwarded-host x-http-method-override".split(" "),
  ..."x-ms-blob-sequence-number x-ms-tags x-ms-if-tags content-md5 te trailer via forwarded".split(
    " ",
  ),
];

function wrongHost(random: Random, host: string): string {
  return pick(random, [
    host.toUpperCase(),
    `${host}:99999`,
    `${host}:`,
    `${host}:abc`,
    `user@${host}`,
    `x y.${host}`,
    `a/b.${host}`,
    `a|b.${host}`,
    `a?b.${host}`,
    `%00.${host}`,
    `${"a".repeat(300)}.${host}`,
    `..${host}`,
    `xn--a.${host}`,
    `é.${host}`,
    "",
  ]);
}
