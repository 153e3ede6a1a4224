/**
 * Empties Local Azure: models, runs, endpoints, blobs, secrets.
 *
 * Permissions: `read`, `write` of `.local`, `net` for 127.0.0.1.
 *
 * @module
 */

import { resetLocalAzure } from "lib/azure/local.ts";
import { EXIT, main } from "./cli.ts";
import { readCheckout } from "./local_azure_flags.ts";

const HELP = `deno task reset

Empties this checkout's Local Azure. Nothing in the cloud and nothing in out/ is touched.
  --checkout DIR        the checkout that is meant (default this one)`;

if (import.meta.main) await main("reset", run);

async function run(): Promise<number> {
  const checkout = readCheckout(HELP);
  if (checkout === undefined) return EXIT.done;
  await resetLocalAzure({ checkout });
  console.log("Local Azure is empty");
  return EXIT.done;
}
