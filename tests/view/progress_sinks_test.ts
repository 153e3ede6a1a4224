import assert from "node:assert/strict";
import { type ProgressState } from "lib/view/mod.ts";
import { jupyterSink, kernelDisplay, terminalSink } from "../../lib/view/progress_sinks.ts";

function state(done: number, more: Partial<ProgressState> = {}): ProgressState {
  return { label: "sweep", total: 4, done, elapsedMs: 0, finished: false, ...more };
}

/** A terminal that remembers and takes at most seven bytes at a time. */
function terminal(isTerminal: boolean, columns = 80) {
  const bytes: number[] = [];
  return {
    port: {
      isTerminal,
      columns: () => columns,
      write(some: Uint8Array) {
        bytes.push(...some.subarray(0, 7));
        return Math.min(7, some.length);
      },
    },
    text: () => new TextDecoder().decode(Uint8Array.from(bytes)),
  };
}

Deno.test("terminalSink() for a log: plain lines, every two seconds at most", () => {
  const { port, text } = terminal(false), sink = terminalSink(port);
  sink.show(state(1, { note: "größer" }));
  sink.show(state(4, { finished: true }));
  assert.equal(sink.everyMs, 2000);
  assert.equal(text(), "sweep: 1 of 4 (25 %), größer\nsweep: done, 4 of 4 in 0.0 s\n");
});

Deno.test("terminalSink() for a person: one line, overwritten, ended at the end", () => {
  const { port, text } = terminal(true), sink = terminalSink(port);
  sink.show(state(1));
  sink.show(state(4, { finished: true }));
  assert.equal(sink.everyMs, 100);
  assert.equal(
    text(),
    "\rsweep: 1 of 4 (25 %)\x1b[K\rsweep: done, 4 of 4 in 0.0 s\x1b[K\n",
  );
});

Deno.test("terminalSink() cuts a line that would wrap", () => {
  const { port, text } = terminal(true, 12);
  terminalSink(port).show(state(1));
  assert.equal(text(), "\rsweep: 1 o…\x1b[K");
});

Deno.test("jupyterSink() shows once, then updates the same output", async () => {
  const calls: { bundle: Record<string, string>; options: unknown }[] = [];
  const sink = jupyterSink((bundle, options) => {
    calls.push({ bundle, options });
    return Promise.resolve();
  }, "id-1");
  await sink.show(state(1, { note: "<b>" }));
  await sink.show(state(2));
  assert.equal(sink.everyMs, 100);
  assert.deepEqual(calls.map(({ options }) => options), [
    { raw: true, display_id: "id-1", update: false },
    { raw: true, display_id: "id-1", update: true },
  ]);
  const [{ bundle }] = calls;
  assert.equal(bundle["text/plain"], "sweep: 1 of 4 (25 %), <b>");
  assert.match(
    bundle["text/html"],
    /<progress max="4" value="1".*<span>1 of 4 \(25 %\), &lt;b&gt;<\/span>/,
  );
});

Deno.test("kernelDisplay() is nothing outside a kernel", () => {
  assert.equal(kernelDisplay(), undefined);
});
