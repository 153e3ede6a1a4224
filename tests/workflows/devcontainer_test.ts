/**
 * The dev container's description, checked without a container: its shape by a schema of the keys in use
 * (what the format's own reader takes without a word, a misspelt key, is refused), and its script by
 * running it in a home of its own.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { Ajv } from "ajv";
import { wantedDenoVersion } from "../../scripts/deno_version.ts";
import { requires } from "../require.ts";
import { ROOT } from "./act.ts";

const FOLDER = join(ROOT, ".devcontainer"), SCRIPT = join(FOLDER, "on-create.sh");

/** JSON with comments on lines of their own. */
async function readDescription() {
  const text = await Deno.readTextFile(join(FOLDER, "devcontainer.json"));
  return JSON.parse(text.replace(/^ *\/\/.*$/gm, ""));
}

const closed = (properties: object, more: object = {}) => ({
  ...{ type: "object", additionalProperties: false, properties },
  ...more,
});
const text = { type: "string", minLength: 1 }, texts = { type: "array", items: text };
const port = { type: "integer", minimum: 1, maximum: 65_535 };

/** https://containers.dev/implementors/json_reference/, as far as it is used here. */
const SCHEMA = closed({
  name: text,
  image: { type: "string", pattern: "^[a-z0-9.-]+(/[a-z0-9._-]+)+:[\\w.-]+$" },
  features: {
    type: "object",
    propertyNames: { pattern: "^ghcr\\.io/[a-z-]+/features/[a-z-]+:\\d+$" },
    additionalProperties: { type: "object", additionalProperties: { type: ["string", "boolean"] } },
  },
  hostRequirements: closed({
    cpus: { type: "integer", minimum: 1 },
    memory: { type: "string", pattern: "^\\d+([tgmk]b)?$" },
    storage: { type: "string", pattern: "^\\d+([tgmk]b)?$" },
  }),
  onCreateCommand: text,
  forwardPorts: { type: "array", items: port, uniqueItems: true },
  portsAttributes: {
    type: "object",
    propertyNames: { pattern: "^\\d+$" },
    additionalProperties: closed({
      label: text,
      onAutoForward: {
        enum: ["notify", "openBrowser", "openBrowserOnce", "openPreview", "silent", "ignore"],
      },
    }),
  },
  customizations: closed({
    codespaces: closed({ openFiles: texts }),
    vscode: closed({ extensions: texts, settings: { type: "object" } }),
  }),
}, { required: ["name", "image", "onCreateCommand"] });

const validate = new Ajv({ allErrors: true }).compile(SCHEMA);

Deno.test("the dev container's description keeps the schema", async () => {
  assert.ok(validate(await readDescription()), JSON.stringify(validate.errors));
});

Deno.test("planted: the schema refuses what the format's reader lets pass", async () => {
  const good = await readDescription();
  for (
    const change of [
      { hostRequirement: { cpus: 2 } },
      { forwardPorts: ["a"] },
      { image: "python" },
      { portsAttributes: { "8080": { onAutoForward: "open" } } },
      { onCreateCommand: undefined },
    ]
  ) {
    const bad = JSON.parse(JSON.stringify({ ...good, ...change }));
    assert.equal(validate(bad), false, JSON.stringify(change));
  }
});

Deno.test("what the description names is there", async () => {
  const { customizations, forwardPorts, portsAttributes, onCreateCommand } =
    await readDescription();
  for (const file of customizations.codespaces.openFiles) await Deno.stat(join(ROOT, file));
  assert.deepEqual(Object.keys(portsAttributes).map(Number), forwardPorts);
  assert.equal(onCreateCommand, "bash .devcontainer/on-create.sh");
});

Deno.test({
  name: "on-create.sh installs the wanted Deno, fills the cache, and puts the kernel into the home",
  ignore: requires("act", Deno.build.os !== "windows"), // it needs bash, as the workflows do
  async fn() {
    const home = await Deno.makeTempDir({ prefix: "home-" });
    try {
      // npm would install into this machine: what it is asked for is written down instead
      const said = join(home, "npm.txt"), bin = join(home, "bin");
      await Deno.mkdir(bin);
      await Deno.writeTextFile(join(bin, "npm"), `#!/bin/bash\necho "$@" > "${said}"\n`, {
        mode: 0o755,
      });
      await Deno.symlink(Deno.execPath(), join(bin, "deno"));
      const denoDir = Deno.env.get("DENO_DIR") ?? join(Deno.env.get("HOME")!, ".cache/deno");
      const env = { HOME: home, DENO_DIR: denoDir, PATH: `${bin}:${Deno.env.get("PATH")}` };
      const command = new Deno.Command("bash", {
        args: [SCRIPT],
        clearEnv: true,
        env,
      });
      const { code, stderr } = await command.output();
      assert.equal(code, 0, new TextDecoder().decode(stderr));
      const wanted = await wantedDenoVersion(ROOT);
      assert.match(await Deno.readTextFile(said), new RegExp(`deno@${RegExp.escape(wanted)}\\n$`));
      const path = join(home, ".local/share/jupyter/kernels/deno/kernel.json");
      const kernel = JSON.parse(await Deno.readTextFile(path));
      assert.deepEqual([kernel.language, kernel.interrupt_mode], ["typescript", "message"]);
    } finally {
      await Deno.remove(home, { recursive: true });
    }
  },
});
