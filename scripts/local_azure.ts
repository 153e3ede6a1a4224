/**
 * Local Azure in the foreground; in the background it is started by whoever needs it.
 *
 * `deno task local-azure [--port N] [--data DIR] [--allow-host NAME] [--runtime NAME] [--lenient]`
 *
 * Permissions: `net` for 127.0.0.1, `env` and `sys` (Azurite looks around), `read`, `write` of `.local`
 * and the data folder, `run` for deployments.
 *
 * @module
 */

import { join, resolve } from "node:path";
import { BadInput } from "lib/core/mod.ts";
import { type Claim, claimCheckout, openLocalAzure, RUNTIMES } from "lib/local_azure/mod.ts";
import { callerFolder, EXIT, main, readFlags } from "./cli.ts";

const ROOT = resolve(import.meta.dirname!, "..");

/** Where it is reached, if nothing else is there. */
const PORT = 7070;

const HELP = `deno task local-azure [FLAGS]

Runs Local Azure until Ctrl-C. There is one per checkout; notebooks and scripts find it.
  --port N              port on 127.0.0.1 (default ${PORT}, or the next free one)
  --data DIR            where it keeps its data (default .local/local-azure)
  --allow-host NAME     a further host name that it answers under; may come several times
  --runtime NAME        how deployments run: child (default, or what LOCAL_AZURE_RUNTIME says), or
                        buildah: the Dockerfile is really built (Linux, root, buildah)
  --lenient             makes groups and workspaces that are not there, and leaves out rules, for samples
  --idle-minutes N      ends by itself after so many minutes without a request (default never)
  --checkout DIR        the checkout whose .local says where it is (default this one)`;

if (import.meta.main) await main("local-azure", run);

async function run(): Promise<number> {
  const names = ["port", "data", "allow-host", "runtime", "idle-minutes", "checkout"];
  const { on, values, words } = readFlags({ on: ["lenient"], values: names });
  if (on.has("help")) return console.log(HELP), EXIT.done;
  if (words.length > 0) {
    throw new BadInput({ field: "arguments", rule: "must be flags", value: words.join(" ") });
  }
  const given = (name: string) => values[name]?.at(-1);
  const folder = (name: string) => given(name) && resolve(callerFolder(), given(name)!);
  const checkout = folder("checkout") ?? ROOT;
  const port = whole("--port", given("port"), 1, 65_535);
  const idleMinutes = whole("--idle-minutes", given("idle-minutes"), 1, 1_000_000) ?? 0;
  const runtime = runtimeNamed(
    given("runtime") ?? (Deno.env.get("LOCAL_AZURE_RUNTIME") || "child"),
  );
  const claim = await claimCheckout(checkout);
  try {
    return await serve(claim, {
      folder: folder("data") ?? join(checkout, ".local/local-azure"),
      port: port ?? claim.lastPort ?? PORT,
      nextFree: port === undefined,
      allowHosts: values["allow-host"] ?? [],
      idleMs: idleMinutes * 60_000,
      runtime,
      lenient: on.has("lenient"),
    });
  } finally {
    claim.release();
  }
}

async function serve(
  claim: Claim,
  options: Parameters<typeof openLocalAzure>[0],
): Promise<number> {
  const stop = Promise.withResolvers<void>();
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) Deno.addSignalListener(signal, stop.resolve);
  const local = await openLocalAzure(options);
  if (local.port !== options.port) {
    console.log(`Port ${options.port} is taken: taking ${local.port}`);
  }
  claim.announce({ pid: Deno.pid, port: local.port, startedAt: new Date().toISOString() });
  console.log(`Local Azure: http://127.0.0.1:${local.port} (data in ${options.folder})`);
  await Promise.race([stop.promise, local.stopped]);
  claim.withdraw();
  await local.close();
  return EXIT.done;
}

function runtimeNamed(name: string): typeof RUNTIMES[number] {
  const found = RUNTIMES.find((one) => one === name);
  if (found) return found;
  throw new BadInput({ field: "--runtime", rule: `must be ${RUNTIMES.join(" or ")}`, value: name });
}

function whole(field: string, text: string | undefined, least: number, most: number) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new BadInput({
    field,
    rule: `must be a whole number from ${least} to ${most}`,
    value: text,
  });
}
