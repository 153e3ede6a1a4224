/** Requests as the fuzzer sends them: drafts, each made wrong here or there. */

import type { Random } from "lib/core/mod.ts";
import { type Draft, DRAFTS, type Face, FACES, type Ground } from "./fuzz_drafts.ts";
import { brokenBytes, chance, mutated, nastyText, pick } from "./fuzz_mutate.ts";
import type { WireRequest } from "./fuzz_wire.ts";

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

/** Makes the next request. */
export function fuzzRequest(random: Random, ground: Ground): FuzzRequest {
  const face = pick(random, DECK), draft = DRAFTS[face](random, ground);
  return { face, ...disturbed(random, draft, ground, face === "foreign") };
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

/** Whether a path is that of a workspace or of what it lies in, once its dots are resolved. */
function isHome(target: string, { places }: Ground): boolean {
  const { pathname } = URL.parse(`http://h${target}`) ?? { pathname: target };
  const path = pathname.replaceAll(/%2f/gi, "/").replaceAll(/\/+/g, "/").replace(/\/$/, "");
  return places.some(({ home }) => home.toLowerCase().startsWith(path.toLowerCase()));
}

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
