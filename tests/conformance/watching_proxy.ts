/** Stands before Local Azure: tells which requests reached it, and spoils answers where a test wants it. */

/** One request that was answered. */
export interface Seen {
  /** The sample that made it. */
  readonly sample: string;
  readonly method: string;
  readonly path: string;
  /** As Local Azure answered, and as it was handed on. */
  readonly status: number;
  /** Whether it had no body, or one that is JSON. */
  readonly isJson: boolean;
}

/** A proxy. */
export interface WatchingProxy extends AsyncDisposable {
  readonly base: string;
  readonly seen: readonly Seen[];
}

/** Makes something else of an answer. */
export type Spoil = (answer: Response, request: Request) => Response | Promise<Response>;

/**
 * Opens one.
 *
 * @param target Local Azure, e.g. `http://127.0.0.1:7070`.
 * @param spoil What it makes of each answer. Default nothing.
 */
export function openWatchingProxy(target: string, spoil: Spoil = (answer) => answer) {
  const client = Deno.createHttpClient({ allowHost: true }), seen: Seen[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname, search } = new URL(request.url), { method } = request;
    const body = /^(GET|HEAD)$/.test(method) ? undefined : await request.arrayBuffer();
    const init = { method, headers: request.headers, body, client, redirect: "manual" } as const;
    const answer = await fetch(target + pathname + search, init);
    const content = /^(204|304)$/.test(String(answer.status)) ? null : await answer.arrayBuffer();
    const headers = new Headers(answer.headers);
    for (const name of ["content-length", "content-encoding"]) headers.delete(name);
    const copy = new Response(content, { status: answer.status, headers });
    const handed = await spoil(copy, request);
    const sample = request.headers.get("x-sample") ?? "";
    const isJson = fits(await handed.clone().text());
    seen.push({ sample, method, path: pathname, status: handed.status, isJson });
    return handed;
  });
  return {
    base: `http://127.0.0.1:${server.addr.port}`,
    seen,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      client.close();
    },
  } satisfies WatchingProxy;
}

function fits(text: string): boolean {
  try {
    return text === "" || JSON.parse(text) !== undefined;
  } catch {
    return false;
  }
}
