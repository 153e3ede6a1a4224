/** A Local Azure of its own as a process, with a home of its own, looked at from outside. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";

const ROOT = join(import.meta.dirname!, "../..");

/** The process and what can be seen of it. */
export interface FuzzHost extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  /** The folder that everything lies in; only {@linkcode FuzzHost.data} below it may change. */
  readonly root: string;
  /** The folder that holds the data folder and whatever else Local Azure writes. */
  readonly checkout: string;
  readonly data: string;
  /** Whether it runs. */
  readonly isUp: boolean;
  /** What it has written to standard output and standard error. */
  output(): string;
  /** Kilobytes in memory now, and at most so far. */
  memory(): { now: number; most: number };
  /** Files and sockets that it has open. */
  handles(): number;
  /** Digest of each file outside the data folder, by path. */
  outside(): Record<string, string>;
  /** A request to the own name. */
  own(method: string, path: string, body?: unknown): Promise<Response>;
  /** A request to one of Azure's hosts. */
  call(
    method: string,
    url: string,
    options?: { token?: string; body?: unknown; headers?: HeadersInit },
  ): Promise<{ status: number; text: string; headers: Headers }>;
  /** A token. */
  token(resource: string): Promise<string>;
}

/** Starts one, with the flags that it is started with in the background. */
export async function hostFuzz(): Promise<FuzzHost> {
  const root = await Deno.makeTempDir({ prefix: "fuzz-" });
  const checkout = join(root, "checkout"),
    home = join(root, "home"),
    data = join(checkout, ".local/local-azure");
  for (const folder of [checkout, home, join(root, "outside")]) {
    await Deno.mkdir(folder, { recursive: true });
  }
  for (const place of [home, join(root, "outside"), root]) {
    await Deno.writeTextFile(join(place, "canary.txt"), OUTSIDE);
  }
  const log = join(root, "output.txt");
  const child = spawn(checkout, home, log);
  let isUp = true;
  const ended = child.status.finally(() => isUp = false);
  const port = await untilUp(checkout, () => isUp, log);
  const base = `http://127.0.0.1:${port}`, client = Deno.createHttpClient({ allowHost: true });

  async function call(
    method: string,
    url: string,
    { token, body, headers }: { token?: string; body?: unknown; headers?: HeadersInit } = {},
  ) {
    const { host, pathname, search } = new URL(url), all = new Headers(headers);
    all.set("host", host);
    if (token) all.set("authorization", `Bearer ${token}`);
    if (body !== undefined && !all.has("content-type")) all.set("content-type", "application/json");
    const response = await fetch(base + pathname + search, {
      ...{ method, client, headers: all, redirect: "manual" },
      body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
    });
    return { status: response.status, text: await response.text(), headers: response.headers };
  }

  return {
    ...{ port, pid: child.pid, root, checkout, data, call },
    get isUp() {
      return isUp;
    },
    output: () => Deno.readTextFileSync(log),
    memory() {
      const status = Deno.readTextFileSync(`/proc/${child.pid}/status`);
      const of = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)![1]);
      return { now: of("VmRSS"), most: of("VmHWM") };
    },
    handles: () => [...Deno.readDirSync(`/proc/${child.pid}/fd`)].length,
    outside: () => Object.fromEntries(digests(root, join(checkout, ".local"), log)),
    own: (method, path, body) =>
      fetch(base + path, { method, body: body === undefined ? undefined : JSON.stringify(body) }),
    async token(resource) {
      const query = `api-version=2019-08-01&resource=${encodeURIComponent(resource)}`;
      const { text } = await call("GET", `http://127.0.0.1/msi/token?${query}`, {
        headers: { "x-identity-header": "any" },
      });
      return JSON.parse(text).access_token;
    },
    async [Symbol.asyncDispose]() {
      client.close();
      if (isUp) child.kill("SIGTERM");
      await ended;
      await Deno.remove(root, { recursive: true });
    },
  };
}

/** What lies outside the data folder and must never be answered. */
export const OUTSIDE = "canary-of-the-disk-1f6e2d";

function spawn(checkout: string, home: string, log: string): Deno.ChildProcess {
  const deno = Deno.execPath(), cache = Deno.env.get("DENO_DIR") ?? denoDir();
  const flags = [
    ...["run", "--quiet", "--frozen", "--no-prompt", "--config", join(ROOT, "deno.json")],
    ...["--allow-net=127.0.0.1", "--allow-env", "--allow-sys", "--allow-read", "--allow-run"],
    ...[`--allow-write=${join(checkout, ".local")}`, join(ROOT, "scripts/local_azure.ts")],
    ...["--checkout", checkout],
  ];
  return new Deno.Command("/bin/sh", {
    args: ["-c", 'log="$1"; shift; exec "$@" >"$log" 2>&1', "sh", log, deno, ...flags],
    env: { HOME: home, DENO_DIR: cache },
    ...{ cwd: ROOT, stdin: "null", stdout: "null", stderr: "null" },
  }).spawn();
}

/** Deno's own folder, which the other home would hide. */
function denoDir(): string {
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

async function untilUp(checkout: string, isUp: () => boolean, log: string): Promise<number> {
  for (let tries = 0; tries < 2400 && isUp(); tries++) {
    const state = await Deno.readTextFile(join(checkout, ".local/local-azure.json")).catch(() =>
      ""
    );
    if (state) return JSON.parse(state).port;
    await new Promise((done) => setTimeout(done, 25));
  }
  assert.fail(`Local Azure did not come up: ${await Deno.readTextFile(log).catch(() => "")}`);
}

function* digests(folder: string, ...but: string[]): Generator<[string, string]> {
  for (const { name, isDirectory, isSymlink } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    if (but.includes(path)) continue;
    if (isDirectory && !isSymlink) yield* digests(path, ...but);
    else yield [path, createHash("sha256").update(Deno.readFileSync(path)).digest("hex")];
  }
}

/** Paths below a folder with their permission bits and kind. */
export function* modes(
  folder: string,
): Generator<{ path: string; mode: number; isDirectory: boolean }> {
  for (const { name, isDirectory, isSymlink } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    if (isSymlink) continue;
    yield { path, mode: (Deno.lstatSync(path).mode ?? 0) & 0o777, isDirectory };
    if (isDirectory) yield* modes(path);
  }
}

/** Addresses that a process listens on, e.g. `127.0.0.1:7070`. Needs Linux. */
export function listening(pid: number): string[] {
  const sockets = new Set<string>();
  for (const { name } of Deno.readDirSync(`/proc/${pid}/fd`)) {
    try {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(Deno.readLinkSync(`/proc/${pid}/fd/${name}`)) ??
        [];
      if (inode) sockets.add(inode);
    } catch { // closed since
    }
  }
  return ["tcp", "tcp6"].flatMap((kind) =>
    Deno.readTextFileSync(`/proc/${pid}/net/${kind}`).trim().split("\n").slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === "0A" && sockets.has(fields[9])) // listens, and is its own
      .map((fields) => addressOf(fields[1]))
  );
}

/** `0100007F:1B9E` of the kernel as `127.0.0.1:7070`; other families as they are. */
function addressOf(hex: string): string {
  const [address, port] = hex.split(":");
  if (address.length !== 8) return hex;
  const bytes = address.match(/../g)!.toReversed().map((byte) => parseInt(byte, 16));
  return `${bytes.join(".")}:${parseInt(port, 16)}`;
}

/** All logs: Local Azure's own, what it wrote to its output, and those of its containers. */
export function logTexts(host: FuzzHost): { path: string; text: string }[] {
  const files = [...modes(host.data)].filter(({ path }) =>
    /(\.log|\.jsonl|\/log\.json)$/.test(path)
  );
  const texts = files.map(({ path }) => ({ path, text: Deno.readTextFileSync(path) }));
  return [...texts, { path: "output", text: host.output() }];
}
