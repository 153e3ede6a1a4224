/** What a stream of writes was told, and what must therefore be found after each kill. */

import assert from "node:assert/strict";

/** A thing as it is found: its content as text, and how often it is there. */
export interface Found {
  readonly text: string;
  /** 2 or more where a write was done twice. Default 1. */
  readonly copies?: number;
}

/** Reads one thing; undefined if it is not there. */
export type Reader = (name: string) => Promise<Found | undefined>;

/** One phase's row in the table. */
export interface KillCounts {
  kills: number;
  acknowledged: number;
  /** Writes without an answer. */
  cutOff: number;
  /** Those of them that were there afterwards. */
  cutOffDone: number;
  lost: number;
  doubled: number;
  half: number;
}

/** A row of zeros. */
export function noCounts(): KillCounts {
  return { kills: 0, acknowledged: 0, cutOff: 0, cutOffDone: 0, lost: 0, doubled: 0, half: 0 };
}

/** Writes, and what they left. */
export interface Journal {
  /** What is counted so far. */
  readonly counts: KillCounts;
  /** Names of a kind that are known to be there. */
  names(kind: string): string[];
  /** Content of a thing as it was acknowledged last. */
  text(kind: string, name: string): string | undefined;
  /**
   * Does a write.
   *
   * @param after What is there once it is done; undefined for nothing.
   * @param act Does it. May say that it was acknowledged before it has ended, as an operation is that
   * goes on; else it is when it has ended.
   * @returns What `act` gives. Throws what it throws: if nothing was acknowledged, either content may be
   * found.
   */
  write<T>(
    kind: string,
    name: string,
    after: string | undefined,
    act: (acknowledge: () => void) => Promise<T>,
  ): Promise<T>;
  /** Reads what was written since the last time, or all, and counts what is wrong. */
  verify(what: "touched" | "all"): Promise<void>;
}

/** A journal over readers by kind; what is wrong is told in a line each. */
export function openJournal(
  readers: Readonly<Record<string, Reader>>,
  tell: (line: string) => void,
): Journal {
  const possible = new Map<string, (string | undefined)[]>(), touched = new Set<string>();
  const counts = noCounts();
  const keyOf = (kind: string, name: string) => `${kind} ${name}`;

  async function check(key: string): Promise<void> {
    const [kind, ...rest] = key.split(" "), states = possible.get(key)!;
    const found = await readers[kind](rest.join(" ")), text = found?.text;
    if ((found?.copies ?? 1) > 1) {
      counts.doubled++;
      tell(`${key} is there ${found!.copies} times`);
    } else if (!states.includes(text)) {
      const isLost = text === undefined;
      if (isLost) counts.lost++;
      else counts.half++;
      const said = [text, ...states].map((one) => one?.slice(0, 200) ?? "nothing");
      tell(`${key}: found ${said[0]}; possible ${said.slice(1).join(" | ")}`);
    } else if (states.length > 1 && text === states.at(-1)) counts.cutOffDone++;
    possible.set(key, [text]);
  }

  return {
    counts,
    names(kind) {
      return [...possible].filter(([key, [text]]) =>
        key.startsWith(`${kind} `) && text !== undefined
      ).map(([key]) => key.slice(kind.length + 1));
    },
    text: (kind, name) => possible.get(keyOf(kind, name))?.[0],
    async write(kind, name, after, act) {
      const key = keyOf(kind, name), before = possible.get(key) ?? [undefined];
      assert.equal(before.length, 1, `${key} has an open write`);
      possible.set(key, [before[0], after]); // while it is not answered, either may be found
      touched.add(key);
      let isAcknowledged = false;
      const acknowledge = () => {
        if (isAcknowledged) return;
        isAcknowledged = true;
        possible.set(key, [after]);
        counts.acknowledged++;
      };
      try {
        const result = await act(acknowledge);
        acknowledge();
        return result;
      } catch (error) {
        if (!isAcknowledged) counts.cutOff++;
        throw error;
      }
    },
    async verify(what) {
      const keys = what === "all" ? [...possible.keys()] : [...touched];
      touched.clear();
      for (let at = 0; at < keys.length; at += 16) {
        await Promise.all(keys.slice(at, at + 16).map(check));
      }
    },
  };
}

/** The table for people: one row a phase. */
export function killTable(rows: Readonly<Record<string, KillCounts>>): string {
  const heads = [
    ...["phase", "kills", "acknowledged", "cut off", "of them done"],
    ...["lost", "doubled", "half"],
  ];
  const total = noCounts();
  for (const row of Object.values(rows)) {
    for (const name of Object.keys(total) as (keyof KillCounts)[]) total[name] += row[name];
  }
  const lines = Object.entries({ ...rows, total })
    .map(([phase, row]) => [phase, ...Object.values(row).map(String)]);
  const widths = heads.map((head, i) =>
    Math.max(head.length, ...lines.map((line) => line[i].length))
  );
  return [heads, ...lines].map((line) =>
    line.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join("  ")
  ).join("\n");
}
