/** The linters for GitHub workflows, each as a function from a folder to its findings. */

import { delimiter, dirname, join } from "node:path";
import type { PythonEnv } from "../../scripts/python_env.ts";
import { checkWorkflows, type Finding } from "./rules.ts";

/** Reads what the linters look at: workflows, composite actions, README.md and deno.json. */
export async function readWorkflows(root: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const add = async (file: string) => {
    const text = await Deno.readTextFile(join(root, file)).catch(() => undefined);
    if (text !== undefined) texts.set(file, text);
  };
  for (const file of names(join(root, ".github/workflows"))) await add(`.github/workflows/${file}`);
  for (const name of names(join(root, ".github/actions"))) {
    await add(`.github/actions/${name}/action.yml`);
  }
  await add("README.md");
  await add("deno.json");
  return texts;
}

/** Our own rules. */
export async function rules(root: string): Promise<Finding[]> {
  return checkWorkflows(await readWorkflows(root));
}

/**
 * actionlint with shellcheck, twice: on the file as it is, and with each pinned commit turned into
 * its tag, because actionlint knows the inputs of actions by tag only.
 */
export async function actionlint(root: string, env: PythonEnv): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [file, text] of await readWorkflows(root)) {
    if (!file.startsWith(".github/workflows/")) continue;
    for (const form of [text, text.replace(/@[0-9a-f]{40} # (v\d+)[\d.]*/g, "@$1")]) {
      const args = ["-format", "{{json .}}", "-stdin-filename", file, "-"];
      const { code, out, err } = await run(env, "actionlint", { args, cwd: root, stdin: form });
      if (code > 1) throw new Error(`Cannot run actionlint: ${err}`);
      for (const { line, message } of JSON.parse(out || "[]")) {
        findings.push({ file, message: `line ${line}: ${message}` });
      }
    }
  }
  return findings;
}

/** zizmor's security audits, those for the pedantic included, without the network. */
export async function zizmor(root: string, env: PythonEnv): Promise<Finding[]> {
  const args = [
    "--offline",
    "--no-progress",
    "--pedantic",
    "--no-exit-codes",
    "--format",
    "json",
    ".",
  ];
  const { code, out, err } = await run(env, "zizmor", { args, cwd: root });
  if (code !== 0) throw new Error(`Cannot run zizmor: ${err}`);
  return JSON.parse(out).map(({ ident, desc, locations: [place] }: ZizmorFinding) => ({
    file: place.symbolic.key.Local.verbatim_path.replace(/^\.\//, ""),
    message: `line ${place.concrete.location.start_point.row + 1}: ${ident}: ${desc}`,
  }));
}

interface ZizmorFinding {
  readonly ident: string;
  readonly desc: string;
  readonly locations: readonly {
    readonly symbolic: { readonly key: { readonly Local: { readonly verbatim_path: string } } };
    readonly concrete: { readonly location: { readonly start_point: { readonly row: number } } };
  }[];
}

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

async function run(
  env: PythonEnv,
  program: string,
  { args, cwd, stdin = "" }: { args: string[]; cwd: string; stdin?: string },
): Promise<{ code: number; out: string; err: string }> {
  const PATH = `${dirname(env.bin(program))}${delimiter}${Deno.env.get("PATH")}`;
  const child = new Deno.Command(env.bin(program), {
    ...{ args, cwd, env: { PATH, NO_COLOR: "1" } },
    ...{ stdin: "piped", stdout: "piped", stderr: "piped" } as const,
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin)).catch(() => {}); // zizmor reads none
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await child.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out, err };
}
