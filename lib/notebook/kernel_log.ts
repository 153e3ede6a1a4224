/** What a kernel itself reports on standard error, line by line. */

/** Printed at each start; no news to anybody. */
const UNSTABLE = /"deno jupyter" is unstable/;

/** A log that is being read. */
export interface KernelLog {
  /** Resolves when the kernel and its children have closed it. */
  readonly ended: Promise<void>;
  /** The last line so far. */
  last(): string | undefined;
  /** Reads no more of it. */
  close(): Promise<void>;
}

/**
 * Reads a kernel's log to its end.
 *
 * @param stream Standard error of the kernel.
 * @param onLine Takes each line.
 * @returns The log.
 */
export function readKernelLog(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onLine: (line: string) => void = () => {},
): KernelLog {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let last: string | undefined;

  async function readAll(): Promise<void> {
    let rest = "";
    while (true) {
      const { done, value = "" } = await reader.read();
      const lines = (rest + value).split("\n");
      rest = done ? "" : lines.pop() ?? "";
      for (const line of lines.filter((text) => text.trim() !== "" && !UNSTABLE.test(text))) {
        last = line;
        onLine(line);
      }
      if (done) return;
    }
  }

  return { ended: readAll(), last: () => last, close: () => reader.cancel() };
}
