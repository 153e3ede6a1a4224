/** Folders, and git repositories, that are gone after a test. */

/** Runs a test in an empty folder. */
export async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Names of what lies in a folder. */
export function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** Runs a test with some environment variables set, and puts the old ones back. */
export async function withEnv(
  variables: Readonly<Record<string, string>>,
  test: () => Promise<void>,
): Promise<void> {
  const names = Object.keys(variables), before = names.map((name) => Deno.env.get(name));
  names.forEach((name) => Deno.env.set(name, variables[name]));
  try {
    await test();
  } finally {
    names.forEach((name, i) =>
      before[i] === undefined ? Deno.env.delete(name) : Deno.env.set(name, before[i])
    );
  }
}

/** Runs a test as it would be outside a git checkout, where what others commit cannot disturb it. */
export function outsideGit(test: () => Promise<void>): Promise<void> {
  return withEnv({ GIT_DIR: "/no/such/repository" }, test);
}
