/** A real `mlflow server` on this machine: what our tests and benches hold Local Azure against. */

import { join } from "node:path";
import { nextFreePort } from "./ports.ts";
import type { PythonEnv } from "./python_env.ts";

/** A running server. */
export interface MlflowServer {
  /** Its address, without a slash at the end. */
  readonly base: string;
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>;
}

/** Options of {@linkcode startMlflowServer}. */
export interface MlflowServerOptions {
  /** `mlflow-server`: what it is started from. */
  readonly env: PythonEnv;
  /** Where it keeps everything; one that was used before goes on. */
  readonly folder: string;
  /** Default: the next free one from 5000 on. */
  readonly port?: number;
  /** Longest wait for its first answer, in seconds. Default 120. */
  readonly patienceSeconds?: number;
}

/**
 * Starts a server with one worker, SQLite and a folder of artifacts.
 *
 * @param options See {@linkcode MlflowServerOptions}.
 * @returns The server, once it answers.
 * @throws {Error} If it ends or does not answer in time, with the last of what it said.
 */
export async function startMlflowServer(options: MlflowServerOptions): Promise<MlflowServer> {
  const { env, folder, port = nextFreePort(5000), patienceSeconds = 120 } = options;
  const base = `http://127.0.0.1:${port}`, log = join(folder, "server.log");
  await Deno.mkdir(folder, { recursive: true });
  const args = [
    ...["server", "--host", "127.0.0.1", "--port", `${port}`, "--workers", "1"],
    ...["--backend-store-uri", `sqlite:///${join(folder, "mlflow.db")}`],
    ...["--artifacts-destination", join(folder, "artifacts")],
  ];
  const file = await Deno.open(log, { create: true, append: true });
  const process = new Deno.Command(env.bin("mlflow"), {
    ...{ args, cwd: folder, stdin: "null", stdout: "piped", stderr: "piped" } as const,
    env: {
      DO_NOT_TRACK: "1",
      MLFLOW_DISABLE_TELEMETRY: "true",
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false",
    },
  }).spawn();
  const written = Promise.all([process.stdout, process.stderr].map(async (stream) => {
    for await (const bytes of stream) await file.write(bytes);
  }));
  let hasEnded = false;
  const ended = process.status.then(() => hasEnded = true);

  async function stop(): Promise<void> {
    if (!hasEnded) process.kill("SIGTERM"); // its worker ends with it
    await ended;
    await written;
    file.close();
  }

  const end = performance.now() + 1_000 * patienceSeconds;
  while (!hasEnded && performance.now() < end) {
    // it may take the connection long before it answers
    const signal = AbortSignal.timeout(5_000);
    const answer = await fetch(`${base}/health`, { signal }).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return { base, stop };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop();
  const last = (await Deno.readTextFile(log)).trim().split("\n").at(-1);
  throw new Error(`Cannot start mlflow server as it did not answer at ${base}: ${last}`);
}
