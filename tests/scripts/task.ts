/** Runs a script of the project the way its task does, and keeps what it said. */

import { fileURLToPath } from "node:url";

/** How a script ended. */
export interface Ended {
  /** Its exit code. */
  readonly code: number;
  /** What it wrote to standard output. */
  readonly out: string;
  /** What it wrote to standard error. */
  readonly err: string;
}

/** Runs `scripts/NAME.ts` with these arguments. */
export async function runScript(name: string, ...args: string[]): Promise<Ended> {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--quiet", `scripts/${name}.ts`, ...args],
    cwd: root,
    env: { NO_COLOR: "1", INIT_CWD: root },
    stdin: "null",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out, err };
}
