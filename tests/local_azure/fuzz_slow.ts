/** Connections that send a little now and then, and never all of it. */

import { Wire } from "./fuzz_wire.ts";

/** Connections that dawdle. */
export interface Dawdlers {
  /** How many pieces they have sent so far. */
  sent(): number;
  /** How many of the bodies the server has answered with 408. */
  turnedAway(): number;
  /** Milliseconds since they began. */
  lasted(): number;
  /** Ends them. */
  end(): Promise<void>;
}

/** Milliseconds between two pieces of a connection. */
const PAUSE_MS = 200;

/** Longest run, in milliseconds. */
const LONGEST_MS = 3_600_000;

/**
 * Opens connections half of which never end their head, and half of which never end their body.
 *
 * @param port A port on 127.0.0.1.
 * @param count How many.
 */
export async function dawdle(port: number, count: number): Promise<Dawdlers> {
  const encoder = new TextEncoder(), stop = new AbortController();
  const wires = await Promise.all(Array.from({ length: count }, () => Wire.open(port)));
  const began = performance.now();
  let sent = 0, turnedAway = 0;
  const all = wires.map(async (wire, i) => {
    const isHead = i % 2 === 0, length = isHead ? "" : "Content-Length: 100000\r\n\r\n";
    const host = ["127.0.0.1", "management.azure.com", "kv-local.vault.azure.net"][i % 3];
    const start = `POST /_local/faults HTTP/1.1\r\nHost: ${host}\r\n${length}`;
    let isOver = false;
    try {
      await wire.write(encoder.encode(start));
      if (!isHead) {
        wire.answer("POST", LONGEST_MS).then((answer) => {
          isOver = true;
          if (answer?.status === 408) turnedAway++;
        }).catch(() => {}); // never, as the run is shorter
      }
      while (!stop.signal.aborted && !isOver) {
        await new Promise((done) => setTimeout(done, PAUSE_MS));
        await wire.write(encoder.encode(isHead ? `x-${sent}: 1\r\n` : " "));
        sent++;
      }
    } catch { // the server had enough of it
    } finally {
      wire.close();
    }
  });
  return {
    sent: () => sent,
    turnedAway: () => turnedAway,
    lasted: () => performance.now() - began,
    async end() {
      stop.abort();
      await Promise.all(all);
    },
  };
}
