import assert from "node:assert/strict";
import { importFault, importsOf } from "./imports.ts";
import { PURE_ROOMS, ROOMS } from "./rooms.ts";

const lib = new URL("../../lib/", import.meta.url);

const files = [...Deno.readDirSync(lib)].flatMap((room) =>
  room.isDirectory
    ? [...Deno.readDirSync(new URL(`${room.name}/`, lib))]
      .filter(({ name }) => name.endsWith(".ts"))
      .map(({ name }) => {
        const source = Deno.readTextFileSync(new URL(`${room.name}/${name}`, lib));
        return { room: room.name, name, file: `lib/${room.name}/${name}`, source };
      })
    : []
);

Deno.test("architecture: every import is one that the table allows", () => {
  const faults = files
    .flatMap(({ file, source }) => importsOf(file, source))
    .flatMap((found) => {
      const fault = importFault(found, ROOMS);
      return fault ? [`${found.file} imports "${found.specifier}": ${fault}`] : [];
    });
  assert.deepEqual(faults, []);
});

Deno.test("architecture: every room has a front door with a manual, and no room is empty", () => {
  for (const room of Object.keys(ROOMS)) {
    const door = files.find((file) => file.room === room && file.name === "mod.ts");
    assert.ok(door, `lib/${room}/mod.ts is missing`);
    assert.match(door.source, /^\/\*\*[^]+?@module\s+\*\//, `lib/${room}/mod.ts has no manual`);
  }
  const rooms = [...new Set(files.map(({ room }) => room))].sort();
  assert.deepEqual(rooms, Object.keys(ROOMS).sort());
});

Deno.test("architecture: the table is used in full, so that it stays a description", () => {
  const used = files.flatMap(({ room, file, source }) =>
    importsOf(file, source).map(({ specifier }) => ({ room, specifier }))
  );
  const idle = Object.entries(ROOMS).flatMap(([room, { packages }]) =>
    packages
      .filter((name) =>
        !used.some((one) =>
          one.room === room && (one.specifier === name || one.specifier.startsWith(`${name}/`))
        )
      )
      .map((name) => `${room} does not import ${name}`)
  );
  assert.deepEqual(idle, []);
});

Deno.test("architecture: pure rooms do not mention Deno", () => {
  for (const { room, file, source } of files) {
    if (!PURE_ROOMS.includes(room)) continue;
    const code = source.replace(/\/\*[^]*?\*\//g, "").replace(/\/\/.*$/gm, "");
    assert.doesNotMatch(code, /\bDeno\b/, file);
  }
});

Deno.test("architecture: nobody writes npm: or jsr: outside deno.json", () => {
  const root = new URL("../../", import.meta.url);
  const all = ["scripts/", "tests/", "lib/"].flatMap((folder) => walk(new URL(folder, root)));
  const written = all.flatMap((file) =>
    importsOf(file.pathname, Deno.readTextFileSync(file)).filter(({ specifier }) =>
      /^(npm|jsr|https?):/.test(specifier)
    )
  );
  assert.deepEqual(written, []);
});

/** Written apart, so that this file does not break the rule that it tests. */
const NPM = "npm" + ":";

Deno.test("importFault() finds each kind of forbidden import", () => {
  const planted: [file: string, source: string, reason: RegExp][] = [
    ["lib/core/a.ts", 'import x from "lib/data/mod.ts";', /core may not import data/],
    ["lib/model/a.ts", 'import pl from "nodejs-polars";', /model may not import nodejs-polars/],
    ["lib/data/a.ts", 'import { s } from "lib/core/json.ts";', /front door/],
    ["lib/data/a.ts", 'import { s } from "../core/mod.ts";', /lib\/ROOM\/mod.ts/],
    ["lib/data/a.ts", 'export * from "lib/data/mod.ts";', /relative/],
    ["lib/data/a.ts", `const x = await import("${NPM}ajv@8");`, /pin it in deno.json/],
    ["lib/cellar/a.ts", 'import "./b.ts";', /cellar is no room/],
    ["lib/core/a.ts", 'import type {\n  A,\n} from "ajv";', /core may not import ajv/],
  ];
  for (const [file, source, reason] of planted) {
    const [found] = importsOf(file, source);
    assert.match(importFault(found, ROOMS) ?? "allowed", reason, source);
  }
  assert.deepEqual(importsOf("lib/core/a.ts", '/** import x from "ajv"; */'), []);
});

function walk(folder: URL): URL[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory
      ? walk(new URL(`${name}/`, folder))
      : name.endsWith(".ts")
      ? [new URL(name, folder)]
      : []
  );
}
