/**
 * Python environments for the optional Python tools, one a `requirements-<name>.txt`: made on first
 * use under `.local/python/`, or a folder of the caller's, from hash-pinned wheels only. Nothing else
 * outside the checkout is written.
 *
 * @module
 */

import { join, resolve } from "node:path";
import { sha256 } from "lib/core/mod.ts";

const ROOT = resolve(import.meta.dirname!, "..");

const WINDOWS = Deno.build.os === "windows";

/** A Python environment that is ready to use. */
export interface PythonEnv {
  /** The folder it lives in. */
  readonly folder: string;
  /** Path of one of its programs, e.g. `bin("python")` or `bin("jupyter-lab")`. */
  bin(name: string): string;
}

/** Options of {@linkcode pythonEnv}. */
export interface PythonEnvOptions {
  /** The checkout. Default: the one this file lies in. */
  readonly root?: string;
  /** Where environments lie. Default `.local/python` in the checkout. */
  readonly home?: string;
  /** Whether a package is wanted for its files alone, without what it needs to run. Default no. */
  readonly filesOnly?: boolean;
  /** Takes the one line that says that something is being installed. Default: standard error. */
  readonly say?: (line: string) => void;
  /** Python commands to try, in order. Default `python3`, `python`. */
  readonly pythons?: readonly string[];
  /** The `uv` command; it is used instead of pip where it is there. Default `uv`. */
  readonly uv?: string;
}

/** Why there is no Python environment: one line, with the command that mends it. */
export class PythonEnvError extends Error {
  /** Always `PythonEnvError`. */
  override readonly name = "PythonEnvError";
}

/**
 * The environment of `scripts/python/requirements-<name>.txt`, made or brought up to date if need be.
 *
 * An environment counts as made when its stamp, written last, names the file's SHA-256 and the
 * folder; anything else is removed and made again, so a half-made or a moved one does no harm. Two
 * processes that ask at once wait for each other.
 *
 * @param name Which requirements file, e.g. `lab`.
 * @param options See {@linkcode PythonEnvOptions}.
 * @returns The environment.
 * @throws {PythonEnvError} If Python, its venv module or the network is missing.
 */
export async function pythonEnv(name: string, options: PythonEnvOptions = {}): Promise<PythonEnv> {
  const { root = ROOT, home = homeIn(root), say = console.error } = options;
  const folder = join(home, name);
  const made = await readPythonEnv(name, { root, home });
  if (made) return made;
  await Deno.mkdir(home, { recursive: true });
  const lock = await Deno.open(`${folder}.lock`, { create: true, write: true });
  try {
    await lock.lock(true);
    // another process may have made it while this one waited
    const made = await readPythonEnv(name, { root, home });
    if (made) return made;
    await Deno.remove(folder, { recursive: true }).catch(ignoreMissing);
    const where = home === homeIn(root) ? `.local/python/${name}` : folder;
    say(`Installing ${requirements(name)} into ${where} (once)`);
    await install(name, { root, folder, ...options });
    await Deno.writeTextFile(join(folder, STAMP), await stamp(name, root, folder));
  } finally {
    lock.close();
  }
  return environment(folder);
}

/**
 * The environment if it is made and up to date; installs nothing.
 *
 * @param name Which requirements file, e.g. `lab`.
 * @param options `root`: the checkout; `home`: where environments lie.
 * @returns The environment, or nothing.
 */
export async function readPythonEnv(
  name: string,
  { root = ROOT, home = homeIn(root) }: Pick<PythonEnvOptions, "root" | "home"> = {},
): Promise<PythonEnv | undefined> {
  const env = environment(join(home, name));
  try {
    if (await Deno.readTextFile(join(env.folder, STAMP)) !== await stamp(name, root, env.folder)) {
      return;
    }
    await Deno.stat(env.bin("python")); // gone when the Python it was made with is
    return env;
  } catch (error) {
    ignoreMissing(error);
  }
}

/** A Python on this machine: its command and its version, e.g. `3.11.7`. */
export interface Python {
  /** What to start. */
  readonly command: string;
  /** Its version. */
  readonly version: string;
  /** Whether it can make environments (Debian ships that apart, as `python3-venv`). */
  readonly venv: boolean;
}

/**
 * The first Python that is new enough.
 *
 * @param least Lowest version, e.g. `3.10`.
 * @param commands Commands to try. Default `python3`, `python`.
 * @returns What was found, best first: one that can make environments; else one that cannot; else nothing.
 */
export async function findPython(
  least: string,
  commands: readonly string[] = ["python3", "python"],
): Promise<Python | undefined> {
  const probe = "import sys, importlib.util as u\n" +
    "print('%d.%d.%d' % sys.version_info[:3], all(map(u.find_spec, ('venv', 'ensurepip'))))";
  let second: Python | undefined;
  for (const command of commands) {
    const { ok, out } = await run(command, ["-c", probe]);
    const [version = "", venv] = out.trim().split(" ");
    if (!ok || !atLeast(version, least)) continue;
    const python = { command, version, venv: venv === "True" };
    if (python.venv) return python;
    second ??= python;
  }
  return second;
}

const STAMP = "made-from.txt";

function homeIn(root: string): string {
  return join(root, ".local/python");
}

function requirements(name: string): string {
  return `scripts/python/requirements-${name}.txt`;
}

function environment(folder: string): PythonEnv {
  return {
    folder,
    bin: (name) => WINDOWS ? join(folder, "Scripts", `${name}.exe`) : join(folder, "bin", name),
  };
}

/** Digest of the file and the folder's own path: programs in an environment name its folder. */
async function stamp(name: string, root: string, folder: string): Promise<string> {
  const digest = sha256(await Deno.readFile(join(root, requirements(name))));
  return `${digest} ${folder}\n`;
}

async function install(
  name: string,
  { root, folder, pythons, uv = "uv", filesOnly = false }: PythonEnvOptions & {
    root: string;
    folder: string;
  },
): Promise<void> {
  const file = join(root, requirements(name)), least = await leastPython(file);
  const cannot = (reason: string) =>
    new PythonEnvError(`Cannot make the Python environment ${name} as ${reason}`);
  const must = async (what: string, command: string, args: string[]) => {
    const { ok, last } = await run(command, args, { UV_NO_PROGRESS: "1", VIRTUAL_ENV: "" });
    if (!ok) throw cannot(`${what} (${last}); with the network there, run the same command again`);
  };
  const alone = filesOnly ? ["--no-deps"] : [];
  const hashed = ["--quiet", "--require-hashes", "--only-binary", ":all:", ...alone, "-r", file];
  const python = environment(folder).bin("python");
  if ((await run(uv, ["--version"])).ok) {
    await must("uv could not set it up", uv, ["venv", "--quiet", "--python", `>=${least}`, folder]);
    await must("uv could not install", uv, ["pip", "install", "--python", python, ...hashed]);
    return;
  }
  const found = await findPython(least, pythons);
  if (!found) {
    throw cannot(
      `neither Python >= ${least} nor uv is here; on Debian or Ubuntu: apt-get install python3 python3-venv`,
    );
  }
  if (!found.venv) {
    throw cannot(
      `Python ${found.version} lacks its venv module; on Debian or Ubuntu: apt-get install python3-venv`,
    );
  }
  await must("venv could not set it up", found.command, ["-m", "venv", folder]);
  await must("pip could not install", python, [
    ...["-m", "pip", "install", "--disable-pip-version-check", "--no-input"],
    ...hashed,
  ]);
}

/** The lowest Python that a requirements file is for, from its comment `# Python >= 3.11`. */
async function leastPython(file: string): Promise<string> {
  const found = /^# Python >= (\d+\.\d+)/m.exec(await Deno.readTextFile(file))?.[1];
  if (!found) throw new TypeError(`Cannot read ${file} as it must say "# Python >= X.Y"`);
  return found;
}

function atLeast(version: string, least: string): boolean {
  const [a, b] = [version, least].map((text) => text.split(".").map(Number));
  return a[0] > b[0] || a[0] === b[0] && a[1] >= b[1];
}

/** Runs a program to its end; `last` is the last line it said, or why it did not start. */
async function run(
  command: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<{ ok: boolean; out: string; last: string }> {
  try {
    const child = new Deno.Command(command, { args, env, stdin: "null" });
    const { success, stdout, stderr } = await child.output();
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    const last = `${out}\n${err}`.split("\n").map((line) => line.trim()).filter(Boolean).at(-1);
    return { ok: success, out, last: last ?? "no message" };
  } catch (error) {
    return { ok: false, out: "", last: (error as Error).message };
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
