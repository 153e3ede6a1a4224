/** Ctrl-C in a long task: it ends at once, and says in one line where it was and what it leaves. */

/** Longest that may be asked what is left, in milliseconds. */
const ASK_MS = 1000;

/** Exit code of a task that was interrupted: 128 and the number of SIGINT, as shells have it. */
const INTERRUPTED = 130;

/** What is said of an interruption. */
export interface Interruption {
  /** The task's name. */
  readonly verb: string;
  /** Where it was, e.g. `in 03_azure_ml.ipynb cell 9 (Does blue come up?)`. */
  readonly where: () => string;
  /** What is left half-made; undefined if that cannot be found out here. Default: nothing is asked. */
  readonly left?: () => Promise<string | undefined>;
}

/**
 * Ends the process with one line once it is interrupted or told to end. Whatever runs meanwhile is not
 * waited for; kernels are children, and end with it.
 *
 * @param interruption See {@linkcode Interruption}.
 * @returns Takes the listener away again; while an interruption is being told it waits for ever, so that
 * what fails because of it says nothing more.
 */
export function onInterrupt(interruption: Interruption): () => Promise<void> {
  const { verb, where, left } = interruption;
  let begun: Promise<never> | undefined;
  async function end(): Promise<never> {
    const said = left ? `; ${await leftLine(left)}` : "";
    console.error(`${verb}: interrupted ${where()}${said}`);
    Deno.exit(INTERRUPTED);
  }
  // the runner sends a signal once more, and so may `deno task`: it counts once
  const listener = () => void (begun ??= end());
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, listener);
  return async () => {
    await begun;
    for (const signal of signals) Deno.removeSignalListener(signal, listener);
  };
}

async function leftLine(left: () => Promise<string | undefined>): Promise<string> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ASK_MS);
  });
  const found = await Promise.race([left().catch(() => undefined), late]);
  clearTimeout(timer);
  return found ?? "what is left could not be asked here: deno task cleanup finds and removes it";
}
