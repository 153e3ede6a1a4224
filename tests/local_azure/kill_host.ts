/** A Local Azure in a process of its own, real parts and all, that a test may kill at any moment. */

import { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { openLocalAzure } from "lib/local_azure/mod.ts";

/** What may be killed: the process alone, or it with all of its group. */
export type Victim = "process" | "group";

/** One process, which has loaded what takes long and waits for a word. */
export interface KillHost {
  readonly pid: number;
  /** Has it open Local Azure; nothing is waited for. */
  go(): void;
  /** Resolves once it answers. */
  readonly ready: Promise<void>;
  /** `kill -9`; resolves once it is gone. */
  kill(victim: Victim): Promise<void>;
}

/** Makes one on a folder and a port, so that the next begins as soon as this one is dead. */
export function prepareKillHost(folder: string, port: number): KillHost {
  const child = spawn(Deno.execPath(), [
    ...["run", "--allow-all", "--quiet", fileURLToPath(import.meta.url)],
    ...[folder, String(port)],
  ], { detached: true, stdio: ["pipe", "pipe", "inherit"] }); // detached: a group of its own
  child.stdin!.on("error", () => {}); // it was killed before it heard
  const ready = Promise.withResolvers<void>();
  ready.promise.catch(() => {});
  child.stdout!.on("data", (bytes: Buffer) => {
    if (bytes.toString().includes("answers")) ready.resolve();
  });
  const gone = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  gone.then(() => ready.reject(new Error("Local Azure ended before it answered")));
  return {
    pid: child.pid!,
    go: () => void child.stdin!.write("go\n"),
    ready: ready.promise,
    async kill(victim) {
      try {
        process.kill(victim === "group" ? -child.pid! : child.pid!, "SIGKILL");
      } catch (error) {
        if ((error as { code?: string }).code !== "ESRCH") throw error;
      }
      await gone;
    },
  };
}

// As a program: `kill_host.ts FOLDER PORT` waits for a line, opens Local Azure there, and lives on.
if (import.meta.main) {
  (process as unknown as { noDeprecation: boolean }).noDeprecation = true; // of punycode
  await import("azurite/dist/src/blob/BlobServer.js");
  const [folder, port] = Deno.args, input = Deno.stdin.readable.getReader();
  if ((await input.read()).done) Deno.exit();
  await openLocalAzure({ folder, port: Number(port) });
  console.log("answers");
  await input.read(); // the test is over, however it ended
  Deno.exit();
}
