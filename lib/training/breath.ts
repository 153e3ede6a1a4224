/** Pauses in long work, so that the event loop draws progress and hears an abort. */

/** How long work may go on without a pause, in milliseconds. */
const BREATH_MS = 50;

/**
 * A pause to be taken between two pieces of work.
 *
 * @param signal Ends the work with its reason.
 * @returns A function that pauses if 50 ms have passed, and throws if the signal was given.
 */
export function breather(signal: AbortSignal | undefined): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    signal?.throwIfAborted();
    if (performance.now() - since < BREATH_MS) return;
    return new Promise<void>((resolve, reject) =>
      setTimeout(() => {
        since = performance.now();
        if (signal?.aborted) reject(signal.reason);
        else resolve();
      })
    );
  };
}
