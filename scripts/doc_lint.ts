/**
 * Part of `deno task check`: `deno doc --lint` over every room's front door, but for types of the
 * Azure SDKs. Those stand in the signatures of `lib/azure`, and have no documentation of ours to be
 * complete.
 */

import { EXIT, main } from "./cli.ts";

/** Findings about types of the Azure SDKs. */
const SDK_TYPES =
  /^error\[private-type-ref\]: public type '(Azure\["\w+"\]|githubActionsCredential)' references private type '(AzureMachineLearningWorkspaces|ContainerClient|SecretClient|TokenCredential)'/;

await main("doc_lint", async () => {
  const doors: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir("lib")) {
    if (isDirectory) doors.push(`lib/${name}/mod.ts`);
  }
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", ...doors.sort()],
    env: { NO_COLOR: "1", RUST_BACKTRACE: "0" },
    stdin: "null",
  }).output();
  const blocks = new TextDecoder().decode(stderr).split(/^(?=error)/m);
  const findings = blocks.filter((block) => block.startsWith("error["));
  const ours = findings.filter((block) => !SDK_TYPES.test(block));
  for (const finding of ours) console.error(finding.trimEnd() + "\n");
  if (!success && findings.length === 0) console.error(blocks.join(""));
  if (ours.length > 0 || (!success && findings.length === 0)) return EXIT.failed;
  console.log(`Documentation of ${doors.length} rooms checked`);
  return EXIT.done;
});
