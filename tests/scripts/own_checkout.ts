/** A copy of the checkout with a state, results and a Local Azure of its own: the shared ones stay as they are. */

import { join } from "node:path";
import { stopLocalAzure } from "lib/azure/mod.ts";
import { CHECKOUT } from "lib/lifecycle/mod.ts";
import type { Ended } from "./task.ts";

/** What a task needs. */
const PARTS = ["deno.json", "deno.lock", "lib", "scripts", "notebooks", "data"];

/** A checkout that is gone after the test. */
export interface OwnCheckout extends AsyncDisposable {
  /** Its root. */
  readonly root: string;
  /** A task with these arguments, as a person types it: `deno task NAME …`, not yet started. */
  command(task: string, args: readonly string[], env?: Record<string, string>): TaskCommand;
  /** Runs a task to its end. */
  run(task: string, args: readonly string[], env?: Record<string, string>): Promise<Ended>;
}

/** What starts a task. */
export interface TaskCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly options: { readonly cwd: string; readonly env: Record<string, string> };
}

/** Copies the checkout as it is, uncommitted changes included. */
export async function ownCheckout(): Promise<OwnCheckout> {
  const root = await Deno.makeTempDir({ prefix: "checkout-" });
  for (const part of PARTS) await copy(join(CHECKOUT, part), join(root, part));
  const command: OwnCheckout["command"] = (task, args, env = {}) => ({
    program: Deno.execPath(),
    args: ["task", "--quiet", task, ...args],
    options: { cwd: root, env: { NO_COLOR: "1", INIT_CWD: root, ...env } },
  });
  return {
    ...{ root, command },
    async run(task, words, env) {
      const { program, args, options } = command(task, words, env);
      const { code, stdout, stderr } = await new Deno.Command(program, {
        ...{ args: [...args], ...options, stdin: "null" },
      }).output();
      const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
      return { code, out, err };
    },
    async [Symbol.asyncDispose]() {
      await stopLocalAzure({ checkout: root });
      await Deno.remove(root, { recursive: true });
    },
  };
}

async function copy(from: string, to: string): Promise<void> {
  if (!(await Deno.stat(from)).isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to);
  for await (const { name } of Deno.readDir(from)) {
    if (!name.startsWith(".")) await copy(join(from, name), join(to, name));
  }
}
