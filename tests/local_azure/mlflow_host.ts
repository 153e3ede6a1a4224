/** MLflow's part of Local Azure on a port of its own, and a client that says what came back. */

import { join } from "node:path";
import { createLogger, type JsonRecord, type ManualClock, manualClock } from "lib/core/mod.ts";
import { mlflowService } from "../../lib/local_azure/mlflow.ts";
import { openStore, type Store } from "../../lib/local_azure/store.ts";
import { createTokens, type Tokens } from "../../lib/local_azure/tokens.ts";

/** The host of the Azure mounts. */
export const AZURE_HOST = "eastus.api.azureml.ms";

/** A running service. */
export interface MlflowHost extends AsyncDisposable {
  readonly port: number;
  readonly base: string;
  readonly folder: string;
  readonly store: Store;
  readonly clock: ManualClock;
  readonly tokens: Tokens;
  /** Lines of the log. */
  readonly lines: string[];
  /** Asks under `/api/2.0/mlflow/`, or under a path that begins with a slash. */
  call(method: string, path: string, body?: unknown, headers?: HeadersInit): Promise<Answer>;
  /** POSTs JSON. */
  post(path: string, body: unknown): Promise<Answer>;
  /** GETs. */
  get(path: string): Promise<Answer>;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // deno-lint-ignore no-explicit-any -- tests look into bodies of many shapes
  readonly body: any;
  /** `200`, or e.g. `404 RESOURCE_DOES_NOT_EXIST`. */
  readonly brief: string;
}

/** Serves on a free port of 127.0.0.1; header `x-host` stands for the host that the client means. */
export async function hostMlflow(
  options: { lenient?: boolean; store?: string } = {},
): Promise<MlflowHost> {
  const folder = await Deno.makeTempDir({ prefix: "local-azure-mlflow-" });
  const clock = manualClock("2026-01-01T00:00:00Z"), lines: string[] = [];
  const path = options.store ?? ":memory:";
  const store = openStore(
    path === "disk" ? join(folder, "store.sqlite") : path,
    () => clock.now().getTime(),
  );
  const tokens = createTokens(store, clock);
  const log = createLogger({ write: (line) => lines.push(line), clock });
  const service = mlflowService({ store, clock, tokens, log, folder }, options);
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const { host: named, pathname, search } = new URL(request.url);
    const host = request.headers.get("x-host") ?? named;
    return service.handle(request, new URL(`https://${host}${pathname}${search}`));
  });
  const { port } = server.addr, base = `http://127.0.0.1:${port}`;

  async function call(method: string, path: string, body?: unknown, headers?: HeadersInit) {
    const isRaw = typeof body === "string" || body instanceof Uint8Array || body === undefined;
    const response = await fetch(base + (path.startsWith("/") ? path : `/api/2.0/mlflow/${path}`), {
      method,
      headers: { ...(isRaw ? {} : { "content-type": "application/json" }), ...headers },
      body: isRaw ? body as BodyInit : JSON.stringify(body),
    });
    const text = await response.text(), { status } = response;
    const isJson = response.headers.get("content-type") === "application/json";
    const parsed = isJson ? JSON.parse(text) as JsonRecord : undefined;
    const code = parsed?.error_code, brief = code ? `${status} ${code}` : String(status);
    return { status, headers: response.headers, text, body: parsed, brief };
  }

  return {
    ...{ port, base, folder, store, clock, tokens, lines, call },
    post: (path, body) => call("POST", path, body),
    get: (path) => call("GET", path),
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      store.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
