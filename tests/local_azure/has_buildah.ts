/** Whether images can be built here, and the base image that they are built from. */

import { baseImageStore, makeBaseImage, storageOf } from "lib/local_azure/base_image.ts";
import { buildahFault } from "lib/local_azure/buildah.ts";
import { requires } from "../require.ts";

const fault = await buildahFault() ?? await baseFault();
if (fault !== undefined) console.log(`Tests that build images are skipped: ${fault}`);

/** Whether tests that build images are to be skipped. */
export const IGNORED = requires("buildah", fault === undefined);

/** The storage of the base image. */
export const BASES = storageOf(baseImageStore());

async function baseFault(): Promise<string | undefined> {
  try {
    await makeBaseImage();
  } catch (error) {
    return (error as Error).message;
  }
}
