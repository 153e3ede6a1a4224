/** Kernels that run now: whatever ends this process ends them first. */

/** Ends one kernel, at once and without waiting. */
export type Kill = () => void;

const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

const live = new Set<Kill>();
const listeners = new Map<Deno.Signal, () => void>();

/**
 * Has a kernel ended with this process: by a signal, by `Deno.exit` or by running to its end.
 * (`kill -9` runs nothing here; the kernel then sees that its parent is gone, `headless.ts`.)
 *
 * After a signal it is sent once more, so that it has its usual effect; a listener that somebody else
 * has set for it is then called twice.
 *
 * @param kill Ends it.
 * @returns Takes the kernel off the list, once it has ended by itself.
 */
export function endWithProcess(kill: Kill): () => void {
  if (live.size === 0) listen();
  live.add(kill);
  return () => {
    live.delete(kill);
    if (live.size === 0) unlisten();
  };
}

function killAll(): void {
  for (const kill of live) kill();
}

function listen(): void {
  addEventListener("unload", killAll);
  for (const signal of SIGNALS) {
    const onSignal = () => {
      killAll();
      unlisten();
      Deno.kill(Deno.pid, signal); // now with its usual effect, since nobody here listens any more
    };
    listeners.set(signal, onSignal);
    Deno.addSignalListener(signal, onSignal);
  }
}

function unlisten(): void {
  removeEventListener("unload", killAll);
  for (const [signal, onSignal] of listeners) Deno.removeSignalListener(signal, onSignal);
  listeners.clear();
}
