/** `deno task readme-picture`: keeps the picture of the README in step with notebook 01. */

import { firstPicture, README_PICTURE, replaceFile } from "lib/lifecycle/mod.ts";
import { EXIT, main } from "./cli.ts";

await main("readme-picture", async () => {
  await replaceFile(README_PICTURE, await firstPicture());
  console.log(`${README_PICTURE} is what the last run of notebook 01 drew`);
  return EXIT.done;
});
