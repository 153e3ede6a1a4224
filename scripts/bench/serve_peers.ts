/** The peers of `bench serve`: two Python servers with a scikit-learn forest of as many trees. */

import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import type { PythonEnv } from "../python_env.ts";
import type { Load } from "./load.ts";
import { jsonOutput, peer } from "./measure.ts";

const WORK = resolve(import.meta.dirname!, "../../.local/bench/serve-peers");

/** Longest wait for a server's first answer, in milliseconds. */
const START_MS = 90_000;

/** The row that every server is asked about, and the class that all must see in it. */
export interface Asked {
  /** Names of the columns. */
  readonly columns: readonly string[];
  /** One row. */
  readonly row: readonly number[];
  /** Its class. */
  readonly label: string;
}

/** A server that answers. */
export interface Peer extends AsyncDisposable {
  /** What it is, with versions. */
  readonly name: string;
  /** Seconds from its start to the first right answer. */
  readonly startSeconds: number;
  /** What to ask for. */
  readonly load: Pick<Load, "port" | "host" | "path" | "headers" | "body">;
}

interface Versions {
  readonly mlflow: string;
  readonly uvicorn: string;
  readonly azmlinfsrv: string;
  readonly gunicorn: string;
  readonly sklearn: string;
}

/** How one of them is started. */
interface Recipe {
  readonly name: string;
  readonly command: (port: number) => string[];
  readonly cwd: string;
  readonly path: string;
  readonly body: string;
}

/** Keeps the peers from phoning home while they are measured. */
const QUIET = {
  DO_NOT_TRACK: "1",
  MLFLOW_DISABLE_TELEMETRY: "true",
  GIT_PYTHON_REFRESH: "quiet",
  PYTHONWARNINGS: "ignore",
};

/**
 * Fits the forest and starts both servers, one worker each.
 *
 * @param env Where they are installed.
 * @param asked See {@linkcode Asked}.
 * @param say Takes a line of progress.
 * @returns Them, answering; disposing ends them.
 * @throws {Error} If one does not come up; with the last line that it wrote.
 */
export async function startPeers(
  env: PythonEnv,
  asked: Asked,
  say: (line: string) => void,
): Promise<Peer[]> {
  await Deno.remove(WORK, { recursive: true }).catch(() => {});
  await Deno.mkdir(WORK, { recursive: true });
  const python = env.bin("python"), path = `${dirname(python)}:${Deno.env.get("PATH")}`;
  const versions = await jsonOutput<Versions>({
    command: [python, peer("serve_model.py"), WORK],
    env: QUIET,
  });
  const peers: Peer[] = [];
  try {
    for (const recipe of recipes(env, versions, asked)) {
      say(`serve: start of ${recipe.name}`);
      peers.push(await start(recipe, { ...QUIET, PATH: path }, asked.label));
    }
  } catch (error) {
    await Promise.all(peers.map((one) => one[Symbol.asyncDispose]()));
    throw error;
  }
  return peers;
}

function recipes(env: PythonEnv, of: Versions, { columns, row }: Asked): Recipe[] {
  const sklearn = `scikit-learn ${of.sklearn}`;
  return [
    {
      name: `mlflow models serve ${of.mlflow} (uvicorn ${of.uvicorn}, ${sklearn})`,
      command: (port) => [
        ...[env.bin("mlflow"), "models", "serve", "-m", join(WORK, "mlflow_model")],
        ...["--env-manager", "local", "-h", "127.0.0.1", "-p", String(port), "-w", "1"],
      ],
      cwd: WORK,
      path: "/invocations",
      body: JSON.stringify({ dataframe_split: { columns, data: [row] } }),
    },
    {
      name: `azureml-inference-server-http ${of.azmlinfsrv} (gunicorn ${of.gunicorn}, ${sklearn})`,
      command: (port) => [
        ...[env.bin("python"), peer("serve_azureml.py"), "--entry_script", peer("serve_score.py")],
        ...["--model_dir", join(WORK, "azureml"), "--port", String(port), "--worker_count", "1"],
      ],
      cwd: WORK,
      path: "/score",
      body: JSON.stringify({ data: [row] }),
    },
  ];
}

async function start(
  { name, command, cwd, path, body }: Recipe,
  more: Readonly<Record<string, string>>,
  label: string,
): Promise<Peer> {
  const port = freePort(), [program, ...args] = command(port), log = join(WORK, `${port}.log`);
  const { OPENBLAS_CORETYPE: _slow, OPENBLAS_L2_SIZE: _too, ...inherited } = Deno.env.toObject();
  const file = openSync(log, "w"), begin = performance.now();
  // a group of its own, since both have children: the group is ended, and nobody by name
  const child = spawn(program, args, {
    ...{ cwd, env: { ...inherited, ...more }, detached: true },
    stdio: ["ignore", file, file],
  });
  closeSync(file);
  let ended = false;
  child.on("exit", () => ended = true);
  child.on("error", () => ended = true);
  const stop = () => endGroup(child.pid);
  for (;;) {
    const text = await answerOf(`http://127.0.0.1:${port}${path}`, body);
    if (text?.includes(label)) break;
    if (ended || performance.now() - begin > START_MS) {
      await stop();
      const lines = (await Deno.readTextFile(log)).trim().split("\n");
      throw new Error(`Cannot measure as ${name} did not come up: ${text ?? lines.at(-1)}`);
    }
    await pause(50);
  }
  return {
    ...{ name, startSeconds: (performance.now() - begin) / 1000 },
    load: { port, host: `127.0.0.1:${port}`, path, headers: {}, body },
    [Symbol.asyncDispose]: stop,
  };
}

/** The answer's text; undefined if nobody answers. */
async function answerOf(url: string, body: string): Promise<string | undefined> {
  const headers = { "content-type": "application/json" };
  try {
    const signal = AbortSignal.timeout(5000);
    return await (await fetch(url, { method: "POST", headers, body, signal })).text();
  } catch {
    return undefined;
  }
}

async function endGroup(pid: number | undefined): Promise<void> {
  if (pid === undefined) return;
  const send = (signal: "SIGTERM" | "SIGKILL" | 0) => {
    try {
      return process.kill(-pid, signal);
    } catch {
      return false; // gone
    }
  };
  send("SIGTERM");
  for (let i = 0; i < 50 && send(0); i++) await pause(100);
  send("SIGKILL");
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
