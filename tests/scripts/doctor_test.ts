import assert from "node:assert/strict";
import { resolve } from "node:path";
import { type Check, checksText, type Probes, runChecks } from "../../scripts/doctor_checks.ts";

const ROOT = resolve(import.meta.dirname!, "../..");

/** A machine on which all is well. */
const WELL: Probes = {
  denoVersion: () => "2.9.6",
  wantedDenoVersion: () => Promise.resolve("2.9.6"),
  freeBytes: () => Promise.resolve(5e9),
  kernel: () => Promise.resolve("starts"),
  native: () => Promise.resolve("loads"),
  browser: () => Promise.resolve("starts"),
  python: () => Promise.resolve({ version: "3.11.7", venv: true }),
  portFree: () => true,
};

Deno.test("runChecks() finds nothing on a machine on which all is well", async () => {
  const checks = await runChecks(WELL);
  assert.equal(checks.length, 10);
  assert.deepEqual(checks.filter(({ status, fix }) => status !== "ok" || fix !== null), []);
  assert.match(checksText(checks), /\nAll that is needed is here\.$/);
});

Deno.test("runChecks() looks at nothing optional when asked for what is needed", async () => {
  let asked = 0;
  const optional = () => Promise.reject(new Error(`asked ${++asked} times`));
  const probes = { ...WELL, browser: optional, python: optional };
  const names = (await runChecks(probes, { needed: true })).map(({ name }) => name);
  assert.deepEqual(names, ["Deno 2.9.6", "disk", "nodejs-polars", "@resvg/resvg-js", "kernel"]);
  assert.equal(asked, 0);
});

const fail = (message: string) => () => Promise.reject(new Error(message));

/** One fault at a time: the probe that sees it, and the one check that must tell of it. */
const FAULTS: readonly [string, Partial<Probes>, Check][] = [
  ["another Deno", { denoVersion: () => "2.8.0" }, {
    ...{ name: "Deno 2.9.6", status: "missing", found: "2.8.0" },
    fix: "npx -y deno@2.9.6 task doctor",
  }],
  ["a full disk", { freeBytes: () => Promise.resolve(9e8) }, {
    ...{ name: "disk", status: "missing", found: "0.9 GB free" },
    fix: "make 1 GB of room where the checkout lies",
  }],
  ["a native package that does not load", {
    native: (name) =>
      name === "nodejs-polars" ? Promise.resolve("") : fail("no such binding\nat")(),
  }, {
    ...{ name: "@resvg/resvg-js", status: "missing", found: "no such binding" },
    fix: "deno install --frozen (with the network there)",
  }],
  ["a kernel that does not start", { kernel: fail("the kernel ended (exit code 1)") }, {
    ...{ name: "kernel", status: "missing", found: "the kernel ended (exit code 1)" },
    fix: "npx -y deno@2.9.6 task doctor",
  }],
  ["no browser", { browser: fail("Cannot start Chromium") }, {
    ...{ name: "browser", status: "optional", found: "Cannot start Chromium" },
    fix: "CHROMIUM=/path/to/chromium deno task doctor (only the browser tests need one)",
  }],
  ["no Python", { python: () => Promise.resolve(undefined) }, {
    ...{ name: "Python >= 3.10 with venv", status: "optional", found: "none" },
    fix: "apt-get install python3 python3-venv (only lab, bench and the workflow tests need it)",
  }],
  ["a Python without venv", { python: () => Promise.resolve({ version: "3.12.1", venv: false }) }, {
    ...{ name: "Python >= 3.10 with venv", status: "optional", found: "3.12.1 without venv" },
    fix: "apt-get install python3 python3-venv (only lab, bench and the workflow tests need it)",
  }],
  ["a taken port", { portFree: (port) => port !== 8888 }, {
    ...{ name: "port 8888", status: "optional", found: "taken" },
    fix: "nothing to do: JupyterLab takes the next free one and says so",
  }],
];

for (const [fault, probes, expected] of FAULTS) {
  Deno.test(`runChecks() tells of ${fault}, and of nothing else`, async () => {
    const checks = await runChecks({ ...WELL, ...probes });
    assert.deepEqual(checks.filter(({ status }) => status !== "ok"), [expected]);
    const text = checksText(checks);
    assert.ok(text.includes(`→ ${expected.fix}`), text);
    assert.equal(text.endsWith("1 needed and missing."), expected.status === "missing");
  });
}

Deno.test("doctor --json prints an array and nothing else, and tells the truth about this machine", async () => {
  const blocker = listen(8888);
  try {
    const { code, out } = await doctor("--json");
    const checks = JSON.parse(out) as Check[];
    const missing = checks.filter(({ status }) => status === "missing");
    assert.equal(code, missing.length > 0 ? 1 : 0);
    const found = (name: string) => checks.find((check) => check.name === name);
    assert.equal(found("port 8888")?.status, "optional");
    assert.equal(found("kernel")?.status, "ok", JSON.stringify(found("kernel")));
    assert.match(found("nodejs-polars")?.found ?? "", /^adds up to 3$/);
    assert.match(found("@resvg/resvg-js")?.found ?? "", /^draws \d+ bytes$/);
  } finally {
    blocker?.close();
  }
});

Deno.test("doctor with a browser that is not there still ends with 0, and says how to mend it", async () => {
  const { code, out } = await doctor("--json", { CHROMIUM: "/no/such/chromium" });
  const checks = JSON.parse(out) as Check[];
  assert.equal(checks.find(({ name }) => name === "browser")?.status, "optional");
  assert.equal(code, checks.some(({ status }) => status === "missing") ? 1 : 0);
});

Deno.test("doctor refuses an unknown flag in one line, with exit code 2", async () => {
  const { code, out, err } = await doctor("--fast");
  assert.deepEqual([code, out], [2, ""]);
  assert.equal(err, "doctor: --fast must be one of --help, --debug, --json, --needed\n");
});

async function doctor(
  flag: string,
  env: Record<string, string> = {},
): Promise<{ code: number; out: string; err: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", "scripts/doctor.ts", flag],
    ...{ cwd: ROOT, env },
  });
  const { code, stdout, stderr } = await child.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out, err };
}

/** Takes a port, unless somebody has it already. */
function listen(port: number): Deno.TcpListener | undefined {
  try {
    return Deno.listen({ hostname: "127.0.0.1", port });
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
  }
}
