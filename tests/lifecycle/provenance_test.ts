import assert from "node:assert/strict";
import { join } from "node:path";
import { sha256 } from "../../lib/core/mod.ts";
import { fromCheckout, readProvenance } from "../../lib/lifecycle/mod.ts";
import { inFolder, outsideGit, withEnv } from "./checkout.ts";

/** Runs git on a repository of its own, even where a hook or a person's settings say otherwise. */
async function git(folder: string, ...args: string[]): Promise<string> {
  const identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
  const command = new Deno.Command("git", {
    args: ["-C", folder, ...identity, ...args],
    env: { ...repository(folder), GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
  });
  const { success, stdout, stderr } = await command.output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

function repository(folder: string) {
  const folderOfGit = join(folder, ".git");
  return {
    GIT_DIR: folderOfGit,
    GIT_WORK_TREE: folder,
    GIT_INDEX_FILE: join(folderOfGit, "index"),
  };
}

Deno.test("readProvenance() gives the commit, and says whether tracked files differ from it", async () => {
  await inFolder(async (folder) => {
    await git(folder, "init", "--quiet");
    await Deno.writeTextFile(join(folder, "tracked.txt"), "1");
    await git(folder, "add", "tracked.txt");
    await git(folder, "commit", "--quiet", "--message", "first");
    const commit = await git(folder, "rev-parse", "HEAD");
    await withEnv(repository(folder), async () => {
      assert.match(commit, /^[0-9a-f]{40}$/);
      assert.equal((await readProvenance()).commit, commit);
      await Deno.writeTextFile(join(folder, "untracked.txt"), "1");
      assert.equal((await readProvenance()).commit, commit);
      await Deno.writeTextFile(join(folder, "tracked.txt"), "2");
      assert.equal((await readProvenance()).commit, `${commit}-dirty`);
      await git(folder, "add", "tracked.txt");
      assert.equal((await readProvenance()).commit, `${commit}-dirty`);
    });
  });
});

Deno.test("readProvenance() has no commit outside a git checkout, nor before the first commit", async () => {
  await outsideGit(async () => assert.equal((await readProvenance()).commit, null));
  await inFolder(async (folder) => {
    await git(folder, "init", "--quiet");
    await withEnv(repository(folder), async () => {
      assert.equal((await readProvenance()).commit, null);
    });
  });
});

Deno.test("readProvenance() has no commit on a machine without git", async () => {
  await withEnv({ PATH: "/no/such/folder" }, async () => {
    assert.equal((await readProvenance()).commit, null);
  });
});

Deno.test("readProvenance() names the lockfile by its bytes", async () => {
  await outsideGit(async () => {
    const { lockfile } = await readProvenance();
    assert.equal(lockfile, sha256(await Deno.readFile(fromCheckout("deno.lock"))));
  });
});
