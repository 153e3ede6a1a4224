/**
 * Files that are their owner's alone: keys, tokens and secrets lie readable in them. The mask of the
 * process stays as it is, since files of images are there for other users of a container.
 */

/** Permission bits of such a folder, and of such a file. */
export const OWNER_FOLDER = 0o700, OWNER_FILE = 0o600;

/**
 * Takes a file or folder away from everybody but its owner, if it was made with more.
 *
 * @param path The path. Nothing happens on Windows, where folders of a user are the user's alone, nor
 * where the file system keeps no such bits, or lets nobody set them, as mounts of containers may.
 * @param mode {@linkcode OWNER_FOLDER} or {@linkcode OWNER_FILE}.
 */
export function ownerOnly(path: string, mode: number): void {
  if (Deno.build.os === "windows") return;
  const { mode: now } = Deno.statSync(path);
  if (((now ?? 0) & 0o777) === mode) return;
  try {
    Deno.chmodSync(path, mode);
  } catch (error) {
    const { PermissionDenied, NotSupported } = Deno.errors;
    if (!(error instanceof PermissionDenied || error instanceof NotSupported)) throw error;
  }
}
