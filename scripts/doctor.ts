/** `deno task doctor [--needed] [--json]`: what is here of what the project needs, and the command that mends the rest. */

import { statfs } from "node:fs/promises";
import { resolve } from "node:path";
import { BadInput } from "lib/core/mod.ts";
import { Kernel } from "lib/notebook/mod.ts";
import { EXIT, main, readFlags } from "./cli.ts";
import { wantedDenoVersion } from "./deno_version.ts";
import { checksText, type NativePackage, type Probes, runChecks } from "./doctor_checks.ts";
import { portFree } from "./ports.ts";
import { findPython } from "./python_env.ts";

// not from lib/lifecycle: it loads the native packages, and those may be what is missing
const CHECKOUT = resolve(import.meta.dirname!, "..");

const HELP = `deno task doctor [--needed] [--json]

Looks at everything that the project needs on this machine; a line for each, with the command that
mends it. ok: here. missing: needed. optional: only a part goes without.
  --needed   look at nothing that is optional
  --json     print the findings as an array and nothing else
Exit 0 if all that is needed is here, else 1.`;

/** A use of each native package that cannot work without its compiled part. */
const USES: Record<NativePackage, string> = {
  "nodejs-polars":
    `import pl from "nodejs-polars"; console.log("adds up to", pl.Series([1, 2]).sum());`,
  "@resvg/resvg-js":
    `import { Resvg } from "@resvg/resvg-js"; const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"/>';
     console.log("draws", new Resvg(svg).render().asPng().length, "bytes");`,
};

const PROBES: Probes = {
  denoVersion: () => Deno.version.deno,
  wantedDenoVersion: () => wantedDenoVersion(),
  async freeBytes() {
    const { bavail, bsize } = await statfs(CHECKOUT);
    return bavail * bsize;
  },
  async kernel() {
    const begin = performance.now(), kernel = await Kernel.start({ cwd: CHECKOUT });
    try {
      const { status } = await kernel.execute("6 * 7");
      if (status !== "ok") throw new Error("it starts, but a cell fails");
      return `starts and runs a cell in ${((performance.now() - begin) / 1000).toFixed(1)} s`;
    } finally {
      await kernel.stop();
    }
  },
  // in a process of their own: compiled code that does not fit the machine ends the process
  async native(name) {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", "--quiet", USES[name]],
      ...{ cwd: CHECKOUT, stdin: "null", env: { NO_COLOR: "1" } } as const,
    });
    const { success, signal, stdout, stderr } = await child.output();
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
    if (!success) throw new Error(signal ? `killed by ${signal}` : err || "does not load");
    return out;
  },
  async browser() {
    const { launchChromium } = await import("../tests/browser/chromium.ts");
    await using browser = await launchChromium();
    return `Chromium ${browser.version()} starts`;
  },
  python: () => findPython("3.10"),
  portFree,
};

await main("doctor", async () => {
  const { on, words } = readFlags({ on: ["json", "needed"] });
  if (on.has("help")) return console.log(HELP), EXIT.done;
  if (words.length > 0) {
    throw new BadInput({ field: "doctor", rule: "must be given flags only", value: words[0] });
  }
  const checks = await runChecks(PROBES, { needed: on.has("needed") });
  console.log(on.has("json") ? JSON.stringify(checks, null, 1) : checksText(checks));
  return checks.some(({ status }) => status === "missing") ? EXIT.failed : EXIT.done;
});
