/**
 * Files that are their owner's alone: keys, tokens and secrets lie readable in them. The mask of the
 * process stays as it is, since files of images are there for other users of a container.
 */

/** Permission bits of such a folder, and of such a file. */
export const OWNER_FOLDER = 0o700, OWNER_FILE = 0o600;

/**
 * Takes a file or folder away from everybody but its owner, if it was made with more.
 *
 * @param path The path. Nothing happens on Windows, where folders of a user are the user's alone.
 * @param mode {@linkcode OWNER_FOLDER} or {@linkcode OWNER_FILE}.
 * @throws {Deno.errors.PermissionDenied} If it is somebody else's.
 */
export function ownerOnly(path: string, mode: number): void {
  if (Deno.build.os === "windows") return;
  const { mode: now } = Deno.statSync(path);
  if (((now ?? 0) & 0o777) !== mode) Deno.chmodSync(path, mode);
}
