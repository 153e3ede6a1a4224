/** Tells when nobody needs Local Azure any more. */

import process from "node:process";

/** Processes of which those that have ended are forgotten at once, and not when the next look is due. */
const MANY = 1000;

/** Watches for idleness. */
export interface IdleWatch {
  /** Somebody asked for something. */
  touch(): void;
  /** A process needs Local Azure for as long as it lives. */
  keepFor(pid: number): void;
  /** Stops watching. */
  close(): void;
}

/** Longest time between two looks, in milliseconds. */
const LOOK_MS = 60_000;

/**
 * Watches.
 *
 * @param idleMs Time without a request after which nobody needs it, in milliseconds; 0 for never.
 * @param onIdle Called once, when that time is over and none of the processes that need it lives.
 * @param isBusy Whether something goes on that nobody need ask about. Default never.
 */
export function watchIdle(
  idleMs: number,
  onIdle: () => void,
  isBusy: () => boolean = () => false,
): IdleWatch {
  let last = Date.now();
  const pids = new Set<number>();
  const timer = idleMs > 0 ? setInterval(look, Math.min(LOOK_MS, idleMs)) : undefined;
  timer?.unref();

  function look(): void {
    if (Date.now() - last < idleMs) return;
    forgetEnded();
    if (pids.size > 0 || isBusy()) return;
    clearInterval(timer);
    onIdle();
  }

  function forgetEnded(): void {
    for (const pid of pids) if (!lives(pid)) pids.delete(pid);
  }

  return {
    touch() {
      last = Date.now();
    },
    keepFor(pid) {
      pids.add(pid);
      if (pids.size > MANY) forgetEnded();
    },
    close: () => clearInterval(timer),
  };
}

/** Whether a process lives. Needs `--allow-run`. */
function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as { code?: string }).code === "EPERM"; // it lives, and is somebody else's
  }
}
