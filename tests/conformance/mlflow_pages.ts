/** MLflow's own web pages in front of a Local Azure, as MLflow's server puts them in front of itself. */

import { extname, join, normalize } from "node:path";
import { openLocalAzure } from "lib/local_azure/mod.ts";
import type { PythonEnv } from "../../scripts/python_env.ts";

/** One request of a page that Local Azure answered. */
export interface Asked {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  /** Which query of GraphQL it was, if it was one. */
  readonly query?: string;
  readonly status: number;
}

/** Pages that can be opened. */
export interface MlflowPages extends AsyncDisposable {
  /** Where they are, e.g. `http://127.0.0.1:1234`. */
  readonly url: string;
  /** Local Azure's own address. */
  readonly base: string;
  /** What the pages have asked. */
  readonly asked: Asked[];
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
};

/** Opens a strict, empty Local Azure and the pages of the package in that environment before it. */
export async function openPages(env: PythonEnv): Promise<MlflowPages> {
  const build = join(await packages(env), "mlflow/server/js/build"), asked: Asked[] = [];
  const folder = await Deno.makeTempDir({ prefix: "mlflow-pages-" });
  const local = await openLocalAzure({ folder, port: 0 }), base = `http://127.0.0.1:${local.port}`;

  async function file(path: string): Promise<Response> {
    try {
      const { readable } = await Deno.open(join(build, normalize(`/${path}`)));
      const type = TYPES[extname(path)] ?? "application/octet-stream";
      return new Response(readable, { headers: { "content-type": type } });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return new Response(null, { status: 404 });
      throw error;
    }
  }

  async function handle(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    if (pathname === "/") return await file("index.html");
    if (pathname.startsWith("/static-files/")) return await file(pathname.slice(14));
    const headers = new Headers(request.headers);
    for (const name of ["host", "origin", "referer"]) headers.delete(name); // they name this front
    const body = request.body ? await request.text() : undefined;
    const answer = await fetch(base + pathname + search, { method: request.method, headers, body });
    const query = pathname === "/graphql" ? JSON.parse(body!).operationName as string : undefined;
    asked.push({ method: request.method, path: pathname, query, status: answer.status });
    return new Response(await answer.bytes(), answer);
  }

  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handle);
  return {
    ...{ base, asked, url: `http://127.0.0.1:${server.addr.port}` },
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await local.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Where packages lie in an environment. */
async function packages(env: PythonEnv): Promise<string> {
  const args = ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"];
  const { stdout } = await new Deno.Command(env.bin("python"), { args, stdin: "null" }).output();
  return new TextDecoder().decode(stdout).trim();
}
