/** What stands at the port: sends each request where its host says, and answers for what goes wrong. */

import { randomUUID } from "node:crypto";
import type { Logger } from "lib/core/mod.ts";
import { answer } from "./arm_router.ts";
import { hostOf, type Hosts } from "./hosts.ts";
import type { RequestHead } from "./http_request_head.ts";
import { type Controls, crossSiteRefusal, localAnswer, OWN_NAMES } from "./local.ts";
import { asResponse, type PlainAnswer, type PlainHandler } from "./plain_http.ts";
import { BodyError } from "./request_text.ts";

/** What the front works with. */
export interface FrontOptions {
  readonly log: Logger;
  /** Names beside `127.0.0.1` and `localhost` that are Local Azure's own. */
  readonly allowHosts: readonly string[];
  readonly controls: Controls;
  /** The data folder: a client that means another is refused. */
  readonly folder: string;
  /** Whatever comes after waits for it. */
  ready(): Promise<unknown>;
  /** Whether nothing has to be waited for: `ready` and `revived` are over. */
  isUp(): boolean;
  /** The services. */
  hosts(): Hosts;
  /** Endpoints wait for it: deployments that come up again after a restart. */
  revived(): Promise<void>;
}

/** Headers that are meant for Local Azure, whatever host they come with, begin so. */
const OWN_HEADERS = "x-local-azure-";

/** Names the data folder that a client means, percent-encoded; and in a refusal the one that is here. */
const FOLDER_HEADER = `${OWN_HEADERS}folder`;

/** Hosts of endpoints end so. */
const SCORING = ".inference.ml.azure.com";

/** What answers at the port. */
export interface Front {
  /** Answers any request. */
  handle(request: Request): Promise<Response>;
  /** What answers a plain request without more ado; nothing if `handle` is to do it. */
  plain(head: RequestHead): PlainHandler | undefined;
  /** The answer to a request that broke something. */
  failed(request: { method: string; url: string }, error: Error): PlainAnswer;
}

/** Makes what answers at the port. */
export function createFront(options: FrontOptions): Front {
  const { log, controls, ready, hosts, isUp, revived } = options;
  const folder = encodeURIComponent(options.folder);
  const ownNames = new Set<string>(
    [...OWN_NAMES, ...options.allowHosts.map((name) => name.toLowerCase())],
  );

  async function respond(request: Request): Promise<Response> {
    const host = hostOf(request);
    if (host === undefined || request.method === "CONNECT") return await malformed(request);
    const meant = request.headers.get(FOLDER_HEADER);
    if (meant !== null && meant !== folder) return await notMeant(request, folder);
    const isOwn = ownNames.has(host);
    const refusal = isOwn && crossSiteRefusal(request);
    if (refusal) return refusal;
    await ready();
    const own = isOwn && await localAnswer(controls, request);
    if (own) return own;
    const name = isOwn ? OWN_NAMES[0] : host, service = hosts().find(name);
    if (!service) return await nobody(request, host, isOwn);
    if (host.endsWith(SCORING)) await revived();
    const { pathname, search } = new URL(request.url);
    return await service.handle(request, new URL(`https://${name}${pathname}${search}`));
  }

  return {
    async handle(request) {
      try {
        return withRequestId(await respond(request));
      } catch (error) {
        if (error instanceof BodyError) return withRequestId(unread(error));
        return asResponse(failed(log, request, error as Error));
      }
    },
    plain({ host, headers }) {
      if (!isUp() || ownNames.has(host)) return undefined;
      // what is said to Local Azure itself is looked at by `handle` only
      const isMeant = ([name, value]: readonly [string, string]) =>
        !name.startsWith(OWN_HEADERS) || (name === FOLDER_HEADER && value === folder);
      if (!headers.every(isMeant)) return undefined;
      return hosts().find(host)?.plain;
    },
    failed: (request, error) => failed(log, request, error),
  };
}

async function malformed(request: Request): Promise<Response> {
  await request.body?.cancel();
  const message = "The request must name one host, and its target must make a URL with it.";
  return answer(400, { error: { code: "BadRequest", message } });
}

/** Unverified: the codes of Azure's gateway for bodies that it does not read to their end. */
const UNREAD = { 400: "InvalidRequestContent", 408: "RequestTimeout", 413: "RequestBodyTooLarge" };

function unread({ status, message }: BodyError): Response {
  // the rest of the body may come for ever
  return answer(status, { error: { code: UNREAD[status], message } }, { connection: "close" });
}

/** Another checkout's client: its Local Azure was killed, and this one has got the port. */
async function notMeant(request: Request, folder: string): Promise<Response> {
  await request.body?.cancel();
  const message = `The Local Azure that is meant is not here: this one keeps ${folder}.`;
  return answer(421, { error: { code: "MisdirectedRequest", message } }, {
    [FOLDER_HEADER]: folder,
  });
}

async function nobody(request: Request, host: string, isOwn: boolean): Promise<Response> {
  await request.body?.cancel();
  const [status, code, message] = isOwn
    ? [404, "NotFound", `There is nothing at ${new URL(request.url).pathname}.`] as const
    : [
      421,
      "MisdirectedRequest",
      `Local Azure does not answer for '${host}': --allow-host adds a name.`,
    ] as const;
  return answer(status, { error: { code, message } });
}

function withRequestId(response: Response): Response {
  if (response.headers.has("x-ms-request-id")) return response;
  try {
    response.headers.set("x-ms-request-id", randomUUID());
    return response;
  } catch { // headers of an answer that was fetched cannot be changed
    const headers = new Headers(response.headers);
    headers.set("x-ms-request-id", randomUUID());
    return new Response(response.body, { status: response.status, headers });
  }
}

function failed(
  log: Logger,
  { method, url }: { method: string; url: string },
  error: Error,
): PlainAnswer {
  const requestId = randomUUID();
  log.error("request failed", { requestId, method, url, error: error.message, stack: error.stack });
  const message = `Local Azure failed: its log has more under request id ${requestId}.`;
  return {
    status: 500,
    headers: [["content-type", "application/json; charset=utf-8"], ["x-ms-request-id", requestId]],
    body: JSON.stringify({ error: { code: "InternalServerError", message } }),
  };
}
