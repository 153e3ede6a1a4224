/** What the tests that run workflows share. */

import { join } from "node:path";
import { type Given, type Run, runWorkflow } from "./act.ts";
import { ACT, ignore } from "./act_program.ts";

/** A test that needs act. */
export function act(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore, fn });
}

/** What a failed assertion needs to be understood: the end of the log. */
export function told(run: Run): string {
  const lines = run.log.split("\n").filter((line) => !/unable to get git re/.test(line));
  return lines.slice(-120).join("\n");
}

/** A folder for artifacts that is there until the process ends. */
export async function keptArtifacts(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "artifacts-" });
  globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
  return folder;
}

/**
 * ci.yml runs with a `deno` that does none of its three long tasks: they are what runs around this
 * test, and would run it again. Proven is what the workflow makes of them.
 *
 * @param failing The task that fails, e.g. `test`.
 * @param given The branch of the pull request, and secrets.
 */
export async function runCi(
  failing: string,
  { branch = "topic", ...given }: Pick<Given, "secrets"> & { readonly branch?: string } = {},
): Promise<Run> {
  const folder = await Deno.makeTempDir({ prefix: "ci-" });
  try {
    const script = `#!/bin/bash
case "$1 $2" in
  "task $FAILING") exit 1 ;;
  "task check" | "task local-azure:stop") ;;
  "task test") echo "the last line of the tests" ;;
  "task demo") mkdir -p out/notebooks; echo page > out/notebooks/index.html; echo {} > out/summary.json ;;
  *) exec "${Deno.execPath()}" "$@" ;;
esac
`;
    await Deno.writeTextFile(join(folder, "deno"), script, { mode: 0o755 });
    const pull_request = {
      ...{ number: 1, head: { ref: branch, repo: { fork: true } }, base: { ref: "main" } },
    };
    const payload = { pull_request }, env = { FAILING: failing };
    return await runWorkflow(ACT, "ci.yml", "pull_request", {
      ...{ ...given, payload, path: [folder], env },
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
