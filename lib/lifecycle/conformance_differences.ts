/** Where two targets were seen to differ: what was seen, which codes came, which fields were there. */

import type { Json } from "lib/core/mod.ts";
import type { Exchange } from "./conformance_recording.ts";

/** What one assertion came to. */
export interface Finding {
  /** The assertion's name. */
  readonly assertion: string;
  /** § of `azure-ml-contract.md`. */
  readonly section: string;
  /** What the contract says. */
  readonly expected: string;
  /** What was seen. */
  readonly seen: string;
  /** Whether they are the same. */
  readonly ok: boolean;
}

/** A run of the check on one target, as it is kept: nothing in it tells whose it is. */
export interface Recording {
  /** Which target. */
  readonly target: "local" | "cloud";
  /** One for each assertion. */
  readonly findings: readonly Finding[];
  /** What went over the wire. */
  readonly exchanges: readonly Exchange[];
}

/**
 * The differences between two recordings.
 *
 * @param one A recording.
 * @param other The other target's.
 * @returns A line for each; none if they are alike as far as they were recorded.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { differencesOf } from "lib/lifecycle/conformance_differences.ts";
 *
 * const finding = { assertion: "keys", section: "§2", expected: "200", seen: "200", ok: true };
 * const local = { target: "local", findings: [finding], exchanges: [] } as const;
 * const cloud = { ...local, target: "cloud", findings: [{ ...finding, seen: "403" }] } as const;
 * assert.deepEqual(differencesOf(local, cloud), ["keys: local saw 200, cloud saw 403"]);
 * assert.deepEqual(differencesOf(local, local), []);
 * ```
 */
export function differencesOf(one: Recording, other: Recording): string[] {
  const names = [...one.findings, ...other.findings].map(({ assertion }) => assertion);
  const lines = [...new Set(names)].flatMap((name) => {
    const [a, b] = [one, other].map(({ findings }) =>
      findings.find(({ assertion }) => assertion === name)?.seen ?? "nothing"
    );
    return a === b ? [] : [`${name}: ${one.target} saw ${a}, ${other.target} saw ${b}`];
  });
  const [first, second] = [requestsOf(one), requestsOf(other)];
  for (const key of new Set([...first.keys(), ...second.keys()])) {
    const a = first.get(key), b = second.get(key);
    if (!a || !b) {
      lines.push(`${key}: asked of ${(a ? one : other).target} only`);
      continue;
    }
    for (const what of ["codes", "headers", "fields"] as const) {
      const only = (x: ReadonlySet<string>, y: ReadonlySet<string>) =>
        [...x].filter((item) => !y.has(item)).sort().join(", ");
      const [mine, theirs] = [only(a[what], b[what]), only(b[what], a[what])];
      if (mine) lines.push(`${key}: ${what} of ${one.target} only: ${mine}`);
      if (theirs) lines.push(`${key}: ${what} of ${other.target} only: ${theirs}`);
    }
  }
  return lines;
}

interface Requests {
  readonly codes: Set<string>;
  readonly headers: Set<string>;
  readonly fields: Set<string>;
}

/** How often a request came is left out: that is a matter of waiting. */
function requestsOf({ exchanges }: Recording): Map<string, Requests> {
  const found = new Map<string, Requests>();
  for (const { assertion, method, target, status, headers, received } of exchanges) {
    const key = `${assertion}: ${method} ${target}`;
    const all = found.get(key) ??
      { codes: new Set(), headers: new Set(), fields: new Set() } as Requests;
    all.codes.add(String(status));
    for (const name of Object.keys(headers)) all.headers.add(name);
    for (const field of fieldsOf(received)) all.fields.add(field);
    found.set(key, all);
  }
  return found;
}

function fieldsOf(value: Json, path = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => fieldsOf(item, `${path}[]`));
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([name, item]) => fieldsOf(item, `${path}.${name}`));
}
