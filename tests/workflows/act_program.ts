/** Whether the workflows can be run here, and with what. */

import { pythonEnv } from "../../scripts/python_env.ts";
import { requires } from "../require.ts";

/** Path of act; undefined where it cannot be had. */
async function findAct(): Promise<string | undefined> {
  // inside act a run of the workflows would run the workflows
  if (Deno.env.get("ACT") || Deno.build.os === "windows") return undefined;
  try {
    return (await pythonEnv("workflows")).bin("act");
  } catch (error) {
    console.error((error as Error).message);
    return undefined;
  }
}

const found = await findAct();

/** Whether tests that run workflows are skipped; REQUIRE=act makes that a failure. */
export const ignore = requires("act", found !== undefined);

/** Path of act; of use only where tests are not ignored. */
export const ACT = found ?? "act";
