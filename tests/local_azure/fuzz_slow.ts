/** Connections that send a little now and then, and never all of it. */

import { Wire } from "./fuzz_wire.ts";

/** Connections that dawdle. */
export interface Dawdlers {
  /** How many pieces they have sent so far. */
  sent(): number;
  /** Ends them. */
  end(): Promise<void>;
}

/** Milliseconds between two pieces of a connection. */
const PAUSE_MS = 200;

/**
 * Opens connections half of which never end their head, and half of which never end their body.
 *
 * @param port A port on 127.0.0.1.
 * @param count How many.
 */
export async function dawdle(port: number, count: number): Promise<Dawdlers> {
  const encoder = new TextEncoder(), stop = new AbortController();
  const wires = await Promise.all(Array.from({ length: count }, () => Wire.open(port)));
  let sent = 0;
  const all = wires.map(async (wire, i) => {
    const isHead = i % 2 === 0, length = isHead ? "" : "Content-Length: 100000\r\n\r\n";
    const host = ["127.0.0.1", "management.azure.com", "kv-local.vault.azure.net"][i % 3];
    const start = `POST /_local/faults HTTP/1.1\r\nHost: ${host}\r\n${length}`;
    try {
      await wire.write(encoder.encode(start));
      while (!stop.signal.aborted) {
        await new Promise((done) => setTimeout(done, PAUSE_MS));
        await wire.write(encoder.encode(isHead ? `x-${sent}: 1\r\n` : " "));
        sent++;
      }
    } catch { // the server had enough of it, as it may
    } finally {
      wire.close();
    }
  });
  return {
    sent: () => sent,
    async end() {
      stop.abort();
      await Promise.all(all);
    },
  };
}
