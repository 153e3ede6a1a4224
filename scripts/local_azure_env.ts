/**
 * Prints what a shell needs so that other clients reach Local Azure, which is started if need be:
 * `eval "$(deno task -q local-azure:env)"`.
 *
 * Permissions: `read`, `write` of `.local`, `net` for 127.0.0.1, `run` of deno, `env`.
 *
 * @module
 */

import { clientEnvironment, ensureLocalAzure } from "lib/azure/local.ts";
import { EXIT, main } from "./cli.ts";
import { readCheckout } from "./local_azure_flags.ts";

const HELP = `deno task local-azure:env

Prints "export NAME=value" lines for the running Local Azure; starts it if it does not run.
  --checkout DIR        the checkout that is meant (default this one)`;

if (import.meta.main) await main("local-azure:env", run);

async function run(): Promise<number> {
  const checkout = readCheckout(HELP);
  if (checkout === undefined) return EXIT.done;
  const { port } = await ensureLocalAzure({ checkout });
  for (const [name, value] of Object.entries(clientEnvironment(port))) {
    console.log(`export ${name}='${value}'`);
  }
  return EXIT.done;
}
