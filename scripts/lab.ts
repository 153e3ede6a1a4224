/**
 * JupyterLab with the Deno kernel on the project's notebooks.
 *
 * `deno task lab [NOTEBOOK.ipynb] [any option of jupyter lab]`. The first run installs JupyterLab
 * (about half a minute, 240 MB); every byte of state stays in `.local/`, nothing goes to the user's
 * Jupyter folders. It listens on 127.0.0.1, port 8888 or the next free one.
 *
 * @module
 */

import { delimiter, dirname, join, relative, resolve } from "node:path";
import { BadInput } from "lib/core/mod.ts";
import { callerFolder, EXIT, main } from "./cli.ts";
import { writeKernelspec } from "./kernelspec.ts";
import { nextFreePort } from "./ports.ts";
import { pythonEnv } from "./python_env.ts";

const ROOT = resolve(import.meta.dirname!, "..");
const HOME = join(ROOT, ".local/jupyter");

const HELP = `deno task lab [NOTEBOOK.ipynb] [any option of jupyter lab]

Opens JupyterLab with the Deno kernel; without NOTEBOOK.ipynb on the first notebook. E.g.
  deno task lab --no-browser               prints the address, opens nothing
  deno task lab --port=9000                another port than 8888
Ctrl-C stops JupyterLab and its kernels.`;

/** Project settings, by file; Jupyter merges them under the user's own. */
const CONFIG = {
  "jupyter_server_config.json": {
    ServerApp: {
      ...{ answer_yes: true, ip: "127.0.0.1", root_dir: ROOT },
      jpserver_extensions: { jupyter_lsp: false },
    },
    KernelSpecManager: { allowed_kernelspecs: ["deno"] },
    MultiKernelManager: { default_kernel_name: "deno" },
    FileCheckpoints: { checkpoint_dir: join(HOME, "checkpoints") },
  },
  "labconfig/default_setting_overrides.json": {
    "@jupyterlab/apputils-extension:notification": { fetchNews: "false", checkForUpdates: false },
    "@jupyterlab/notebook-extension:tracker": { codeCellConfig: { lineWrap: true } },
  },
  "labconfig/page_config.json": {
    disabledExtensions: {
      "@jupyterlab/debugger-extension": true,
      "@jupyterlab/lsp-extension": true,
      "@jupyterlab/extensionmanager-extension": true,
    },
  },
};

if (import.meta.main) await main("lab", () => lab(Deno.args));

async function lab(given: readonly string[]): Promise<number> {
  if (given.includes("--help") || given.includes("-h")) return console.log(HELP), EXIT.done;
  const options = given.filter((word) => word.startsWith("-"));
  const words = given.filter((word) => !word.startsWith("-"));
  if (words.length > 1) {
    const rule = "must be one, and options be written --name=value";
    throw new BadInput({ field: "NOTEBOOK", rule, value: words.join(" ") });
  }
  const notebook = words.length > 0
    ? await givenNotebook(resolve(callerFolder(), words[0]))
    : await firstNotebook();
  const env = await pythonEnv("lab");
  await writeState();
  const jupyter = new Deno.Command(env.bin("jupyter-lab"), {
    args: [...defaults({ options, notebook }), ...options],
    env: {
      JUPYTER_DATA_DIR: join(HOME, "data"),
      JUPYTER_CONFIG_DIR: join(HOME, "config"),
      JUPYTER_CONFIG_PATH: join(HOME, "project"),
      JUPYTER_RUNTIME_DIR: join(HOME, "run"),
      IPYTHONDIR: join(HOME, "ipython"),
      // for a cell or a terminal that starts deno, however this one was started
      PATH: [dirname(Deno.execPath()), dirname(env.bin("python")), Deno.env.get("PATH")]
        .join(delimiter),
    },
  }).spawn();
  Deno.addSignalListener("SIGINT", () => {}); // Ctrl-C reaches jupyter too, which ends its kernels
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", () => jupyter.kill("SIGTERM"));
  return (await jupyter.status).code;
}

async function writeState(): Promise<void> {
  await writeKernelspec(join(HOME, "data"));
  for (const [file, content] of Object.entries(CONFIG)) {
    const path = join(HOME, "project", file);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, JSON.stringify(content, null, 1));
  }
}

/** Options that the user did not give. */
function defaults(
  { options, notebook }: { options: readonly string[]; notebook: string | undefined },
): string[] {
  const args: string[] = [];
  const given = (pattern: RegExp) => options.some((option) => pattern.test(option));
  if (!given(/^--(port|ServerApp\.port)=/)) {
    const port = nextFreePort(8888);
    if (port !== 8888) console.error(`Port 8888 is taken: JupyterLab takes ${port}`);
    args.push(`--port=${port}`);
  }
  if (notebook) {
    const path = relative(ROOT, notebook).split(/[\\/]/).map(encodeURIComponent).join("/");
    args.push(`--LabApp.default_url=/lab/tree/${path}`);
  }
  if (Deno.build.os !== "windows" && Deno.uid() === 0) args.push("--allow-root");
  return args;
}

/** The notebook that a newcomer begins with; none where there is none yet. */
async function firstNotebook(): Promise<string | undefined> {
  for (const name of ["00_start_here", "01_foundation"]) {
    const path = join(ROOT, "notebooks", `${name}.ipynb`);
    if (await isFile(path)) return path;
  }
}

async function givenNotebook(path: string): Promise<string> {
  const inside = !relative(ROOT, path).startsWith("..");
  if (path.endsWith(".ipynb") && inside && await isFile(path)) return path;
  const rule = "must be an .ipynb file inside the checkout, and options be written --name=value";
  throw new BadInput({ field: "NOTEBOOK", rule, value: path });
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((found) => found.isFile, () => false);
}
