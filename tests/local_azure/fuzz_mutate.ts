/** Values that break programs, and what makes them out of values that do not. */

import type { Json, JsonRecord, Random } from "lib/core/mod.ts";

/** Any one of a list. */
export function pick<T>(random: Random, items: readonly T[]): T {
  return items[random.integer(items.length)];
}

/** Whether something that happens so often happens now. */
export function chance(random: Random, share: number): boolean {
  return random.next() < share;
}

/** Names of properties that every JavaScript object has. */
const INHERITED = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "valueOf",
];

/** Texts that programs stumble over. `MARK` stands for what must not be written outside. */
export function nastyText(random: Random, mark: string): string {
  const climb = "../".repeat(1 + random.integer(12));
  return pick(random, [
    () => "",
    () => pick(random, INHERITED),
    () => `${climb}${mark}`,
    () => `${climb}tmp/${mark}`,
    () => `/tmp/${mark}`,
    () => `a/${climb}etc/passwd`,
    () => `file:///etc/passwd`,
    () => `..\\..\\${mark}`,
    () => `C:\\${mark}`,
    () =>
      pick(random, [".", "..", "...", "%2e%2e", "%2e%2e%2f", "%252e%252e%252f", "%00", "%zz", "%"]),
    () => "\0",
    () => `a\0b`,
    () => "line\r\nx-injected: yes",
    () => "\ud800",
    () => "日本語",
    () => "\u202egnp.exe",
    () => "é",
    () => "𝕏".repeat(1 + random.integer(100)),
    () => "a".repeat(pick(random, [33, 64, 128, 256, 300, 1024, 5000])),
    () => "'; DROP TABLE resources; --",
    () => `" OR 1=1`,
    () => "<script>alert(1)</script>",
    () => "${jndi:ldap://127.0.0.1/x}",
    () => "{{7*7}}",
    () => "%s%s%n",
    () => "NaN",
    () => "-Infinity",
    () => "1e309",
    () => "999999999999999999999",
    () => "2026-13-45T99:99:99Z",
    () => "PT999999999999999999H",
    () => "https://devstoreaccount1.blob.core.windows.net/a%zz/x",
    () => `azureml://datastores/workspaceblobstore/paths/${climb}${mark}`,
    () => "azureml://datastores/%zz/paths/x",
    () => "mlflow-artifacts:/../../x",
    () => "runs:/../../x",
    () => "*".repeat(1 + random.integer(40)),
    () => "%a".repeat(1 + random.integer(40)),
    () => "((((((((((",
  ])();
}

/** Values of any kind that programs stumble over. */
export function nasty(random: Random, mark: string): Json {
  return pick<() => Json>(random, [
    () => nastyText(random, mark),
    () => nastyText(random, mark),
    () => null,
    () => true,
    () => [],
    () => ({}),
    () => [[[[]]]],
    () => pick(random, [0, -0, -1, 1.5, 1e308, -1e308, 2 ** 53, 2 ** 63, 2 ** 31, 1e21, 1e-320]),
    () => deep(pick(random, [10, 100, 1000]), random.integer(2) === 0),
    () => Array.from({ length: pick(random, [10, 200, 2000]) }, () => random.integer(9)),
    () => Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, "v"])),
    () =>
      JSON.parse(`{"__proto__":{"isAdmin":true,"status":200},"constructor":{"prototype":{"x":1}}}`),
  ])();
}

function deep(levels: number, isList: boolean): Json {
  let value: Json = 1;
  for (let level = 0; level < levels; level++) value = isList ? [value] : { a: value };
  return value;
}

/** A copy of a value with some of its parts exchanged, left out or added. */
export function mutated(random: Random, value: Json, mark: string): Json {
  const spots = Array.isArray(value)
    ? value.length
    : typeof value === "object" && value !== null
    ? Object.keys(value).length
    : 0;
  if (spots === 0 || chance(random, 0.15)) return nasty(random, mark);
  if (Array.isArray(value)) {
    const at = random.integer(value.length);
    if (chance(random, 0.2)) return Array(random.integer(5)).fill(value).flat();
    return value.map((item, i) => i === at ? mutated(random, item, mark) : item);
  }
  const record = value as JsonRecord, key = pick(random, Object.keys(record));
  const entries = Object.entries(record);
  if (chance(random, 0.15)) return Object.fromEntries(entries.filter(([name]) => name !== key));
  if (chance(random, 0.2)) {
    const name = nastyText(random, mark);
    return Object.fromEntries([...entries, [name, nasty(random, mark)]]); // also `__proto__`: an own one
  }
  return Object.fromEntries(
    entries.map(([name, item]) => [name, name === key ? mutated(random, item, mark) : item]),
  );
}

/** The bytes of a JSON text with some of them wrong. */
export function brokenBytes(random: Random, text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const at = random.integer(bytes.length + 1);
  const spliced = (...inside: number[]) =>
    Uint8Array.from([...bytes.subarray(0, at), ...inside, ...bytes.subarray(at)]);
  return pick(random, [
    () => bytes.subarray(0, at),
    () => spliced(random.integer(256)),
    () => spliced(0),
    () => spliced(0xff, 0xfe, 0xed, 0xa0, 0x80),
    () => Uint8Array.from([0xef, 0xbb, 0xbf, ...bytes]),
    () =>
      new TextEncoder().encode(
        text.replace(
          /\d+|"[^"]*"(?=[,}])/,
          pick(random, ["NaN", "-Infinity", "undefined", "01", "'x'"]),
        ),
      ),
    () => new TextEncoder().encode(`${text}${text}`),
    () => Uint8Array.from({ length: random.integer(300) }, () => random.integer(256)),
    () => new TextEncoder().encode('"' + '\\"'.repeat(random.integer(2000))),
    () => new TextEncoder().encode("[".repeat(pick(random, [100, 5000, 50_000]))),
  ])();
}
