import assert from "node:assert/strict";
import { join } from "node:path";
import { sha256 } from "lib/core/mod.ts";
import {
  findPython,
  pythonEnv,
  PythonEnvError,
  type PythonEnvOptions,
  readPythonEnv,
} from "../../scripts/python_env.ts";
import { requires } from "../require.ts";

const NONE = "no-such-command";
const ignore = requires("python", (await findPython("3.10"))?.venv ?? false);

Deno.test({
  name: "pythonEnv() makes a half-made environment again, once for two that ask at once",
  ignore,
  async fn() {
    await withRoot("# Python >= 3.10\n", async ({ root, said, options }) => {
      const half = join(root, ".local/python/x/bin");
      await Deno.mkdir(half, { recursive: true });
      await Deno.writeTextFile(join(half, "python"), "not a program");
      const [one, two] = await Promise.all([pythonEnv("x", options), pythonEnv("x", options)]);
      assert.equal(one.bin("python"), two.bin("python"));
      const child = new Deno.Command(one.bin("python"), { args: ["-c", "print(6 * 7)"] });
      assert.equal(new TextDecoder().decode((await child.output()).stdout).trim(), "42");
      assert.equal((await pythonEnv("x", options)).folder, join(root, ".local/python/x"));
      assert.deepEqual(said, [
        "Installing scripts/python/requirements-x.txt into .local/python/x (once)",
      ]);
      // another file, another environment
      const file = join(root, "scripts/python/requirements-x.txt");
      await Deno.writeTextFile(file, "# Python >= 3.10\n# changed\n");
      assert.equal(await readPythonEnv("x", { root }), undefined);
    });
  },
});

Deno.test({
  name: "pythonEnv() installs what has the stated hash and refuses anything else",
  ignore,
  async fn() {
    await withRoot("# Python >= 3.10\n", async ({ root, options }) => {
      const file = join(root, "scripts/python/requirements-x.txt"), wheel = await makeWheel(root);
      const pin = `# Python >= 3.10\n--no-index\n--find-links ${root}\ntiny==1.0 --hash=sha256:`;
      await Deno.writeTextFile(file, `${pin}${"0".repeat(64)}\n`);
      await rejects(options, /pip could not install \(.*\); with the network there/);
      assert.equal(await readPythonEnv("x", { root }), undefined);
      await Deno.writeTextFile(file, `${pin}${sha256(await Deno.readFile(wheel))}\n`);
      const { bin } = await pythonEnv("x", options);
      const child = new Deno.Command(bin("python"), { args: ["-c", "import tiny; print(tiny.A)"] });
      assert.equal(new TextDecoder().decode((await child.output()).stdout).trim(), "1");
    });
  },
});

Deno.test({
  name: "pythonEnv() makes environments where it is told to, and takes a package's files alone",
  ignore,
  async fn() {
    await withRoot("# Python >= 3.10\n", async ({ root, said, options }) => {
      const file = join(root, "scripts/python/requirements-x.txt");
      const wheel = await makeWheel(root, "not-to-be-had-anywhere");
      const hash = sha256(await Deno.readFile(wheel)), where = `--no-index\n--find-links ${root}`;
      await Deno.writeTextFile(
        file,
        `# Python >= 3.10\n${where}\ntiny==1.0 --hash=sha256:${hash}\n`,
      );
      await rejects(options, /pip could not install/);
      said.length = 0;
      const home = join(root, "elsewhere");
      const env = await pythonEnv("x", { ...options, home, filesOnly: true });
      assert.equal(env.folder, join(home, "x"));
      assert.deepEqual(said, [
        `Installing scripts/python/requirements-x.txt into ${join(home, "x")} (once)`,
      ]);
      assert.equal((await readPythonEnv("x", { root, home }))?.folder, env.folder);
      assert.equal(await readPythonEnv("x", { root }), undefined);
    });
  },
});

Deno.test("pythonEnv() without Python says how to get it", async () => {
  await withRoot("# Python >= 3.10\n", async ({ options }) => {
    await rejects(
      { ...options, pythons: [NONE] },
      /neither Python >= 3\.10 nor uv is here; .*apt-get install python3 python3-venv$/,
    );
  });
});

Deno.test({
  name: "pythonEnv() with a Python that lacks venv, or is too old, says how to mend it",
  ignore: Deno.build.os === "windows",
  async fn() {
    await withRoot("# Python >= 3.10\n", async ({ root, options }) => {
      const pythons = [await fakePython(root, "3.12.1 False")];
      await rejects(
        { ...options, pythons },
        /Python 3\.12\.1 lacks its venv module; .*apt-get install python3-venv$/,
      );
      const old = [await fakePython(root, "3.9.2 True")];
      await rejects({ ...options, pythons: old }, /neither Python >= 3\.10 nor uv/);
    });
  },
});

async function rejects(options: PythonEnvOptions, message: RegExp): Promise<void> {
  await assert.rejects(pythonEnv("x", options), (error: Error) => {
    assert.ok(error instanceof PythonEnvError);
    assert.match(error.message, message);
    assert.ok(!error.message.includes("\n"));
    return true;
  });
}

async function fakePython(folder: string, says: string): Promise<string> {
  const path = join(folder, "fake-python");
  await Deno.writeTextFile(path, `#!/bin/sh\necho "${says}"\n`, { mode: 0o755 });
  return path;
}

/** The smallest package that pip installs; it may need another one. */
async function makeWheel(folder: string, needs?: string): Promise<string> {
  const more = needs ? `Requires-Dist: ${needs}\\n` : "";
  const path = join(folder, "tiny-1.0-py3-none-any.whl");
  const code = `import zipfile
with zipfile.ZipFile(${JSON.stringify(path)}, "w") as z:
    z.writestr("tiny.py", "A = 1\\n")
    z.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n${more}")
    z.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    z.writestr("tiny-1.0.dist-info/RECORD", "tiny.py,,\\n")`;
  const python = (await findPython("3.10"))!.command;
  assert.ok((await new Deno.Command(python, { args: ["-c", code] }).output()).success);
  return path;
}

interface Root {
  readonly root: string;
  readonly said: string[];
  readonly options: PythonEnvOptions;
}

/** A folder that looks like the checkout, with one requirements file; uv is hidden: pip is tried. */
async function withRoot(file: string, use: (root: Root) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "python-env-" }), said: string[] = [];
  try {
    await Deno.mkdir(join(root, "scripts/python"), { recursive: true });
    await Deno.writeTextFile(join(root, "scripts/python/requirements-x.txt"), file);
    await use({ root, said, options: { root, uv: NONE, say: (line) => said.push(line) } });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}
