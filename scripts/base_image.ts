/**
 * Makes the base image of the deployments on this machine, for `--runtime buildah` where no registry can
 * be reached.
 *
 * `deno task local-azure:base-image`
 *
 * Needs Linux, root, buildah and apt. Permissions: `read` and `write` of the user's cache and the
 * system's temporary folder, `env` to find them, `run` for apt-get, dpkg-deb and buildah, `sys` to know
 * who runs it.
 *
 * @module
 */

import { baseImageStore, makeBaseImage } from "lib/local_azure/base_image.ts";
import { buildahFault } from "lib/local_azure/buildah.ts";
import { EXIT, main, readFlags } from "./cli.ts";

const HELP = `deno task local-azure:base-image

Makes the image that the deployments' Dockerfile begins with, out of Debian packages and this Deno.
It is kept in ${baseImageStore()} and never made twice.`;

if (import.meta.main) await main("base-image", run);

async function run(): Promise<number> {
  if (readFlags({}).on.has("help")) return console.log(HELP), EXIT.done;
  const fault = await buildahFault();
  if (fault !== undefined) throw new Error(`Cannot make the base image as ${fault}`);
  const { name, isNew } = await makeBaseImage();
  console.log(`${name} ${isNew ? "was made" : "is there already"}`);
  return EXIT.done;
}
