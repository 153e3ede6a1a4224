/** A Python client against a Local Azure of its own: each step of its program is a step of a test. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { clientEnvironment } from "lib/azure/local.ts";
import { openLocalAzure } from "lib/local_azure/mod.ts";
import { type PythonEnv, pythonEnv } from "../../scripts/python_env.ts";
import { requires } from "../require.ts";

/** A program of this folder and what it must do. */
export interface ClientProgram {
  /** What it is called by whoever uses it, e.g. `azure-ai-ml`. */
  readonly client: string;
  /** Its file, e.g. `azure_ai_ml.py`. */
  readonly program: string;
  /** What it needs: `scripts/python/requirements-NAME.txt`. */
  readonly requirements: string;
  /** Names of its steps, in their order. */
  readonly steps: readonly string[];
}

/** One line that a program wrote about a step. */
interface Step {
  readonly step: string;
  readonly ok: boolean;
  readonly error?: string;
  readonly where?: string;
  /** The last requests of a step that failed: method, host, path, status. */
  readonly last?: readonly unknown[];
}

/** The last line of a program. */
interface Summary {
  /** Requests that it sent. */
  readonly calls: number;
  /** Hosts that Local Azure is not. */
  readonly strangers: readonly string[];
  /** Requests that were answered as Local Azure's own fault. */
  readonly broken: readonly string[];
}

/** Where environments lie: outside the checkout, so that another one finds them made. */
function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA, HOME = "." } = Deno.env.toObject();
  return join(XDG_CACHE_HOME ?? LOCALAPPDATA ?? join(HOME, ".cache"), "mlops-demo/python");
}

/**
 * The environment of `scripts/python/requirements-NAME.txt`, made where it is not there yet.
 *
 * @returns It; nothing, and a line that says why, where Python or the network is missing.
 */
export async function cachedEnv(
  requirements: string,
  options: { readonly filesOnly?: boolean } = {},
): Promise<PythonEnv | undefined> {
  try {
    return await pythonEnv(requirements, { home: cacheFolder(), ...options });
  } catch (error) {
    console.error((error as Error).message);
  }
}

/** Declares the test of a program; without Python it is skipped, or fails where REQUIRE names python. */
export async function testClient({ client, program, requirements, steps }: ClientProgram) {
  const env = await cachedEnv(requirements);
  Deno.test({
    name: `${client} does all it can do against Local Azure`,
    ignore: requires("python", env !== undefined),
    async fn(t) {
      const { found, summary, code, said } = await run(env!, program);
      for (const name of steps) {
        await t.step(name, () => {
          const step = found.find(({ step }) => step === name);
          assert.ok(step, `the program did not come to it, and ended with ${code}: ${said}`);
          assert.ok(step.ok, `${step.error}\n${step.where}\n${JSON.stringify(step.last)}`);
        });
      }
      const count = `${found.length} steps, ${summary?.calls} requests`;
      await t.step(`${client}: ${count}, no others, all of them Local Azure's to answer`, () => {
        assert.deepEqual(found.map(({ step }) => step), steps);
        assert.deepEqual([code, summary?.strangers, summary?.broken], [0, [], []], said);
      });
    },
  });
}

/** Runs a program against a Local Azure that is strict, empty and gone afterwards. */
async function run(env: PythonEnv, program: string) {
  const folder = await Deno.makeTempDir({ prefix: "conformance-" });
  const home = join(folder, "home");
  await Deno.mkdir(home);
  const local = await openLocalAzure({ folder: join(folder, "azure"), port: 0 });
  try {
    const { PATH = "", SYSTEMROOT = "" } = Deno.env.toObject();
    const child = new Deno.Command(env.bin("python"), {
      args: ["-B", "-W", "ignore", join(import.meta.dirname!, program)],
      clearEnv: true,
      env: {
        ...{ PATH, SYSTEMROOT, HOME: home, USERPROFILE: home, TMPDIR: home, TEMP: home },
        ...{ PYTHONUTF8: "1", NO_PROXY: "*" },
        ...{ MLFLOW_DISABLE_TELEMETRY: "true", GIT_PYTHON_REFRESH: "quiet" },
        ...clientEnvironment(local.port),
        LOCAL_AZURE_PORT: String(local.port),
      },
      cwd: home, // whatever a client writes beside itself
      stdin: "null",
    });
    const { code, stdout, stderr } = await child.output();
    const lines = new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Step | Summary);
    return {
      found: lines.filter((line): line is Step => "step" in line),
      summary: lines.find((line): line is Summary => "strangers" in line),
      code,
      said: new TextDecoder().decode(stderr).slice(-2000),
    };
  } finally {
    await local.close();
    await Deno.remove(folder, { recursive: true });
  }
}
