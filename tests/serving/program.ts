/** The bundled server as a child process, started as its Dockerfile and Local Azure would. */

import { join } from "node:path";
import { childArguments } from "lib/local_azure/child_arguments.ts";
import { readDenoCommand } from "lib/local_azure/deno_command.ts";
import { readDockerfile } from "lib/local_azure/dockerfile.ts";
import { buildContext } from "lib/serving/mod.ts";
import { PETS, PETS_BYTES } from "./pets.ts";

/** One log line. */
// deno-lint-ignore no-explicit-any -- tests look into it
export type LogLine = Record<string, any>;

/** A server that runs, or has run. */
export interface Program {
  /** E.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  /** What it has logged. */
  readonly lines: readonly LogLine[];
  /** Resolves with the first line that has this message. */
  logged(message: string): Promise<LogLine>;
  /** Scores one row under an id. */
  score(id: string): Promise<Response>;
  /** Sends a signal. */
  kill(signal: Deno.Signal): void;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** A root folder as an image has it: the context's files, a model, `/tmp`. */
export interface Image extends AsyncDisposable {
  readonly root: string;
  /** Starts the server; waits until it listens or has ended. */
  start(variables?: Record<string, string>): Promise<Program>;
}

/** Builds the context and lays the image out. */
export async function layImage(): Promise<Image> {
  const root = await Deno.makeTempDir({ prefix: "serving-image-" });
  const model = join(root, "var/azureml-app/azureml-models/pets/3/model");
  for (const folder of ["app", "tmp"]) await Deno.mkdir(join(root, folder));
  await Deno.mkdir(model, { recursive: true });
  await Deno.writeFile(join(model, "model.json"), PETS_BYTES);
  const context = await buildContext();
  await Deno.writeFile(join(root, "app/server.js"), context["server.js"]);
  const dockerfile = readDockerfile(new TextDecoder().decode(context.Dockerfile));
  const command = readDenoCommand(dockerfile.command);
  const running = new Set<Deno.ChildProcess>();

  async function start(variables: Record<string, string> = {}): Promise<Program> {
    const port = freePort();
    const localPort = Number(new URL(variables.LOCAL_AZURE_URL ?? "http://127.0.0.1:1").port);
    const place = { root, workdir: dockerfile.workdir, port, localPort, hasConfig: false };
    const { args, refused } = childArguments(command, place);
    if (refused.length > 0) throw new Error(`The Dockerfile asks for ${refused}`);
    const child = new Deno.Command(Deno.execPath(), {
      args: [...args],
      cwd: join(root, "app"),
      clearEnv: true,
      env: {
        DENO_DIR: join(root, "deno"),
        AZUREML_MODEL_DIR: join(root, "var/azureml-app/azureml-models/pets/3"),
        ...{ HOST: "127.0.0.1", PORT: String(port), TMPDIR: join(root, "tmp") },
        ...{ MODEL_VERSION: "3", MODEL_DIGEST: PETS.digest, NO_COLOR: "1" },
        ...variables,
      },
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    running.add(child);
    const program = follow(child, `http://127.0.0.1:${port}`);
    void program.ended.then(() => running.delete(child));
    await Promise.race([program.logged("serving"), program.ended]);
    return program;
  }

  return {
    root,
    start,
    async [Symbol.asyncDispose]() {
      for (const child of running) child.kill("SIGKILL");
      await Promise.all([...running].map(({ status }) => status));
      await Deno.remove(root, { recursive: true });
    },
  };
}

function follow(child: Deno.ChildProcess, url: string): Program {
  const lines: LogLine[] = [], waiting: { message: string; resolve(line: LogLine): void }[] = [];
  const heard = (async () => {
    let rest = "";
    for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
      const whole = (rest + piece).split("\n");
      rest = whole.pop()!;
      for (const line of whole.map((text) => JSON.parse(text))) {
        lines.push(line);
        for (const { message, resolve } of waiting) if (line.message === message) resolve(line);
      }
    }
  })();
  return {
    ...{ url, lines },
    logged(message) {
      const found = lines.find((line) => line.message === message);
      if (found) return Promise.resolve(found);
      return new Promise((resolve) => void waiting.push({ message, resolve }));
    },
    score: (id) =>
      fetch(`${url}/score`, {
        method: "POST",
        headers: { "x-correlation-id": id },
        body: "[[1, 5]]",
      }),
    kill: (signal) => child.kill(signal),
    ended: heard.then(() => child.status).then(({ code, signal }) => signal ?? code),
  };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
