import assert from "node:assert/strict";
import { createHosts, type Service } from "lib/local_azure/mod.ts";

const service = (...hosts: string[]): Service => ({
  hosts,
  handle: () => Promise.resolve(new Response()),
});

Deno.test("createHosts() takes a full name before a star, the longer star first, and the first of two", () => {
  const star = service("*.a.example"),
    longer = service("*.b.a.example"),
    full = service("x.a.example");
  const late = service("x.a.example");
  const hosts = createHosts([star, longer, full, late]);
  assert.equal(hosts.find("x.a.example"), full);
  assert.equal(hosts.find("y.a.example"), star);
  assert.equal(hosts.find("y.b.a.example"), longer);
  assert.equal(hosts.find("b.a.example"), star);
});

Deno.test("createHosts(): a full name is no suffix, and a star stands for something", () => {
  const hosts = createHosts([service("a.example", "*.b.example")]);
  for (const name of ["x.a.example", "xa.example", "b.example", ".b.example", "a.example.evil"]) {
    assert.equal(hosts.find(name), undefined, name);
  }
  assert.ok(hosts.find("a.example"));
});
