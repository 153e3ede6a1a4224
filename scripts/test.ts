/**
 * `deno task test [FOLDER…]`: runs every test with the least permissions it needs and ends with
 * `N passed, N failed, N skipped`. REQUIRE=python,act,chromium,buildah turns a skip for want of one of
 * these into a failure.
 */

import { BadInput } from "lib/core/mod.ts";
import { EXIT, main, readFlags } from "./cli.ts";
import { TEST_GROUPS, type TestGroup } from "./test_groups.ts";

const HELP = `deno task test [FOLDER…]

Runs the tests; FOLDER is one under tests/, or lib for the examples in its documentation.
  REQUIRE=python,chromium  fail instead of skip where one of these is missing`;

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Counts from the line with which `deno test` ends; a run without one has failed. */
function countsOf(output: string): Counts {
  // deno-lint-ignore no-control-regex
  const plain = output.replace(/\x1b\[[0-9;]*m/g, "");
  const line = [...plain.matchAll(/\| (\d+) passed.*?\| (\d+) failed(?:.*?\| (\d+) ignored)?/g)].at(
    -1,
  );
  if (!line) return { passed: 0, failed: 1, skipped: 0 };
  const [passed, failed, skipped] = line.slice(1).map((count) => Number(count ?? 0));
  return { passed, failed, skipped };
}

async function runGroup({ folders, allow }: TestGroup): Promise<Counts> {
  const paths = folders.some(isRoom)
    ? ["--doc", ...folders]
    : folders.map((folder) => `tests/${folder}`);
  console.log(`\n== ${folders.join(", ")} (${allow.join(" ") || "no permission"})`);
  const command = new Deno.Command(Deno.execPath(), {
    args: ["test", "--quiet", "--frozen", ...allow, ...paths],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const child = command.spawn();
  const heard = await Promise.all([
    hear(child.stdout, Deno.stdout),
    hear(child.stderr, Deno.stderr),
  ]);
  const { success } = await child.status;
  const counts = countsOf(heard.join("\n"));
  return success || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

/** Passes output through and keeps a copy. */
async function hear(
  from: ReadableStream<Uint8Array>,
  to: { write(bytes: Uint8Array): Promise<number> },
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of from) {
    text += decoder.decode(bytes, { stream: true });
    for (let at = 0; at < bytes.length;) at += await to.write(bytes.subarray(at));
  }
  return text;
}

/** Whether it is a room, whose examples are tests, and no folder of tests/. */
function isRoom(folder: string): boolean {
  return folder.startsWith("lib/");
}

/** Folders of tests/ that hold tests. */
async function testFolders(): Promise<string[]> {
  const folders: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir("tests")) {
    if (!isDirectory) continue;
    for await (const file of Deno.readDir(`tests/${name}`)) {
      if (file.name.endsWith("_test.ts")) folders.push(name);
    }
  }
  return [...new Set(folders)].sort();
}

await main("test", async () => {
  const { on, words } = readFlags({});
  if (on.has("help")) return console.log(HELP), EXIT.done;
  const known = TEST_GROUPS.flatMap(({ folders }) => folders);
  const there = [...await testFolders(), ...known.filter(isRoom)];
  const stray = there.find((folder) => !known.includes(folder));
  if (stray !== undefined) {
    const rule = "must be in scripts/test_groups.ts, or nobody runs its tests";
    throw new BadInput({ field: `tests/${stray}`, rule });
  }
  const wanted = words.map((word) => word.replace(/^tests\//, "").replace(/\/$/, ""));
  const isWanted = (folder: string, word: string) =>
    folder === word || folder.startsWith(`${word}/`);
  const unknown = wanted.find((word) => !there.some((folder) => isWanted(folder, word)));
  if (unknown !== undefined) {
    throw new BadInput({ field: unknown, rule: `must be one of lib, ${there.join(", ")}` });
  }
  const total: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const group of TEST_GROUPS) {
    const folders = group.folders.filter((folder) =>
      there.includes(folder) &&
      (wanted.length === 0 || wanted.some((word) => isWanted(folder, word)))
    );
    if (folders.length === 0) continue;
    const { passed, failed, skipped } = await runGroup({ ...group, folders });
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total.failed > 0 || total.passed === 0 ? EXIT.failed : EXIT.done;
});
