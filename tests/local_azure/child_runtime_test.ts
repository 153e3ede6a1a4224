import assert from "node:assert/strict";
import { manualClock } from "lib/core/mod.ts";
import { openContainerLog } from "lib/local_azure/container_log.ts";
import { createProcessRecord } from "lib/local_azure/process_record.ts";
import { openStore } from "lib/local_azure/store.ts";
import type { DeploymentError, DeploymentSpec } from "lib/local_azure/runtime.ts";
import { context, DOCKERFILE, eventually, isAlive, specOf } from "./deployments.ts";
import { hostRuntime, LOCAL_PORT } from "./runtime_host.ts";

async function tempFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "local-azure-runtime-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Asks the uploaded server for something, as JSON where it is JSON. */
async function ask(port: number, path: string): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`), text = await response.text();
  return response.headers.get("content-type") === "application/json" ? JSON.parse(text) : text;
}

function attempt(port: number, what: string, value = ""): Promise<unknown> {
  return ask(port, `/do/attempt?${new URLSearchParams({ what, value })}`);
}

async function failure(promise: Promise<unknown>): Promise<DeploymentError> {
  try {
    await promise;
  } catch (error) {
    assert.equal((error as Error).name, "DeploymentError", (error as Error).stack);
    return error as DeploymentError;
  }
  throw new Error("it came up");
}

const TAIL = { container: "InferenceServer", tail: 100 } as const;

Deno.test("createRuntime() runs what was uploaded, with a container's permissions and no more", async (test) => {
  await using folder = await tempFolder();
  await using host = hostRuntime(folder.path, {
    ...context(),
    "models/up/m/forest/model.json": "{}",
    "models/up/m/forest/deep/notes.txt": "notes",
    "models/up/m/forest-other/x": "not part of it",
  });
  const { runtime } = host;
  const since = performance.now();
  const running = await runtime.start(specOf("blue", {
    model: { name: "iris", version: "3", container: "models", path: "up/m/forest" },
    environmentVariables: { BOTH: "deployment", PORT: "1", GREETING: "h\u00e9llo w=orld" },
  }));
  console.log(`ready after ${Math.round(performance.now() - since)} ms`);
  const { port } = running, modelDir = (await ask(port, "/score") as { modelDir: string }).modelDir;
  const root = `${await Deno.realPath(folder.path)}/deployments/${
    [...Deno.readDirSync(`${folder.path}/deployments`)][0].name
  }/g1/root`;

  await test.step("it answers, and is found in any spelling", () => {
    assert.equal(running.ready, true);
    assert.equal(runtime.get(specOf("blue").id.toUpperCase()), running);
    assert.equal(runtime.get("/none"), undefined);
  });

  await test.step("its environment is what was named, and nothing of ours", async () => {
    const env = await attempt(port, "env") as Record<string, string>;
    const own = ["PWD", "OLDPWD", "_", "SHLVL", "PATH", "DENO_NODE_SHIM_ACTIVE"]; // shell's and Deno's
    for (const name of own) delete env[name];
    assert.deepEqual(env, {
      AML_APP_ROOT: `${root}/var/azureml-app`,
      APPLICATIONINSIGHTS_STATSBEAT_DISABLED: "true",
      APPLICATION_INSIGHTS_NO_STATSBEAT: "1",
      AZUREML_MODEL_DIR: modelDir,
      AZURE_EMULATOR: `http://127.0.0.1:${LOCAL_PORT}`,
      AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
      BOTH: "deployment",
      DENO_DIR: `${folder.path}/deno`,
      DENO_NO_PACKAGE_JSON: "1",
      DENO_NO_UPDATE_CHECK: "1",
      FROM_IMAGE: "image",
      GREETING: "h\u00e9llo w=orld",
      HOST: "127.0.0.1",
      IDENTITY_ENDPOINT: `http://127.0.0.1:${LOCAL_PORT}/msi/token`,
      IDENTITY_HEADER: "local",
      NO_COLOR: "1",
      PORT: String(port),
      TMPDIR: `${root}/tmp`,
    });
  });

  await test.step("the model keeps its last name below AZUREML_MODEL_DIR", async () => {
    assert.equal(modelDir, `${root}/var/azureml-app/azureml-models/iris/3`);
    assert.deepEqual(await attempt(port, "list", modelDir), ["forest"]);
    assert.deepEqual(await attempt(port, "list", `${modelDir}/forest`), ["deep", "model.json"]);
    assert.equal(await attempt(port, "read", `${modelDir}/forest/deep/notes.txt`), "notes");
  });

  await test.step("it may write its spool, listen, and reach Local Azure", async () => {
    assert.equal(await attempt(port, "cwd"), `${root}/app`);
    assert.equal(await attempt(port, "write", `${root}/tmp/spool`), "written");
    const listener = Deno.listen({ hostname: "127.0.0.1", port: LOCAL_PORT });
    const there = JSON.stringify({ hostname: "127.0.0.1", port: LOCAL_PORT });
    assert.equal(await attempt(port, "net", there), "connected");
    listener.close();
  });

  await test.step("it may do nothing else, although it asked for everything", async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const elsewhere = (listener.addr as Deno.NetAddr).port;
    const refused: [string, string][] = [
      ["read", "/etc/passwd"],
      ["read", `${folder.path}/store.sqlite`],
      ["read", new URL("../../deno.json", import.meta.url).pathname],
      ["write", `${root}/app/server.js`],
      ["write", `${modelDir}/forest/model.json`],
      ["write", "/tmp/elsewhere"],
      ["net", JSON.stringify({ hostname: "127.0.0.1", port: elsewhere })],
      ["net", JSON.stringify({ hostname: "example.com", port: 443 })],
      ["run", "/bin/true"],
      ["run", Deno.execPath()],
      ["ffi", "libc.so.6"],
    ];
    for (const [what, value] of refused) {
      assert.equal(await attempt(port, what, value), "NotCapable", `${what} ${value}`);
    }
    listener.close();
    for (const code of ["https://deno.land/std/version.ts", "npm:azurite", "lib/core/mod.ts"]) {
      assert.match(String(await attempt(port, "import", code)), /TypeError|NotCapable|Error/, code);
    }
  });

  await test.step("stopping ends the process and removes its folder", async () => {
    const { pid } = running;
    assert.equal(await isAlive(pid), true);
    await runtime.stop(specOf("blue").id);
    assert.equal(await isAlive(pid), false);
    assert.equal(runtime.get(specOf("blue").id), undefined);
    assert.deepEqual([...Deno.readDirSync(`${folder.path}/deployments`)], []);
    assert.equal(runtime.logs(specOf("blue").id, TAIL), undefined);
    assert.equal(host.store.db.prepare("SELECT count(*) AS n FROM child_processes").get()!.n, 0);
  });
});

Deno.test("createRuntime() gives a program no more than its own command asks for", async () => {
  await using folder = await tempFolder();
  const command = [
    "--allow-net",
    "--allow-env",
    "--allow-read=/app,/var/azureml-app",
    "--allow-write=/tmp/a,/app",
  ];
  const dockerfile = DOCKERFILE.replace(
    '"--allow-all"',
    command.map((flag) => JSON.stringify(flag)).join(", "),
  );
  await using host = hostRuntime(folder.path, context(dockerfile));
  const { port } = await host.runtime.start(specOf("blue"));
  const { TMPDIR } = await attempt(port, "env") as Record<string, string>;
  const root = TMPDIR.replace(/\/tmp$/, "");
  assert.match(
    String(await attempt(port, "read", `${root}/app/server.js`)),
    /^\/\/ What the tests upload/,
  );
  assert.equal(await attempt(port, "read", `${root}/tmp/a`), "NotCapable");
  assert.equal(await attempt(port, "write", `${root}/tmp/a`), "written");
  assert.equal(await attempt(port, "write", `${root}/tmp/b`), "NotCapable");
  assert.equal(await attempt(port, "write", `${root}/app/x`), "NotCapable");
  assert.match(host.runtime.logs(specOf("blue").id, TAIL)!, /not given here: write outside \/tmp/);
});

Deno.test("createRuntime() has a program see its own configuration, and never the checkout's", async () => {
  const checkout = new URL("../../.local/", import.meta.url).pathname; // where data folders lie by default
  await Deno.mkdir(checkout, { recursive: true });
  const path = await Deno.makeTempDir({ dir: checkout });
  try {
    await using host = hostRuntime(path, {
      ...context(),
      "code/up/own/Dockerfile": DOCKERFILE.replace("server.js ./", ". ."),
      "code/up/own/server.js": context()["code/up/ctx/server.js"],
      "code/up/own/deno.json": '{ "imports": { "own": "./lib/own.js" } }',
      "code/up/own/lib/own.js": "export const answer = 42;",
    });
    const blue = await host.runtime.start(specOf("blue"));
    assert.equal(await attempt(blue.port, "import", "lib/core/mod.ts"), "TypeError");
    const own = { container: "code", path: "up/own", dockerfile: "Dockerfile" };
    const green = await host.runtime.start(specOf("green", { context: own }));
    assert.deepEqual(await attempt(green.port, "import", "own"), ["answer"]);
    assert.equal(await attempt(green.port, "import", "lib/core/mod.ts"), "TypeError");
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("openContainerLog() keeps whole characters, the last lines, and files of a bounded size", async () => {
  await using folder = await tempFolder();
  const clock = manualClock("2026-01-01T00:00:00Z"),
    log = openContainerLog(folder.path, clock, true);
  const bytes = new TextEncoder().encode("\u20ac one\ntwo");
  for (const byte of bytes) log.write(Uint8Array.of(byte));
  assert.deepEqual(log.last(5), ["\u20ac one", "two"]); // a line that is not over counts as one
  assert.deepEqual(log.last(1), ["two"]);
  log.event("Pulled", "done");
  log.close();
  assert.deepEqual(openContainerLog(folder.path, clock, false).last(9), ["\u20ac one", "two"]);
  assert.match(
    openContainerLog(folder.path, clock, false).text({ container: "StorageInitializer", tail: 9 }),
    /Kind: Pod, Name: Pulled, Type: Normal, Time: 2026-01-01T00:00:00.000Z, Message: done\n\nContainer logs:\n$/,
  );

  const large = openContainerLog(folder.path, clock, true);
  assert.deepEqual(large.last(9), []); // a new generation begins with nothing
  const line = new TextEncoder().encode(`${"x".repeat(99_999)}\n`);
  for (let i = 0; i < 120; i++) large.write(line);
  large.write(new TextEncoder().encode("the end\n"));
  for (let i = 0; i < 300; i++) large.event(`E${i}`, "");
  large.close();
  assert.equal(large.last(1)[0], "the end");
  const sizes = ["container.log", "container.1.log"].map((name) =>
    Deno.statSync(`${folder.path}/${name}`).size
  );
  assert.ok(sizes.every((size) => size > 0 && size < 6 * 1024 * 1024), String(sizes));
  const events = large.text(TAIL).match(/Name: E\d+/g)!;
  assert.equal(events.length, 200);
  assert.deepEqual([events[0], events.at(-1)], ["Name: E0", "Name: E299"]);
});

Deno.test("createRuntime() says by code and words why a deployment does not come up", async () => {
  await using folder = await tempFolder();
  const broken: Record<string, string> = {
    "code/up/run/Dockerfile":
      'FROM deno\nWORKDIR /app\nRUN deno cache server.js\nCMD ["deno", "run", "x"]',
    "code/up/copy/Dockerfile": 'FROM deno\nCOPY absent.js .\nCMD ["deno", "run", "absent.js"]',
    "code/up/python/Dockerfile": 'FROM python\nCMD ["python", "score.py"]',
    "code/up/climb/Dockerfile": 'FROM deno\nCMD ["deno", "run", "x"]',
    "code/up/climb/../../../x.js": "",
    "code/up/noscript/Dockerfile": 'FROM deno\nCMD ["deno", "run", "absent.js"]',
    "models/ok/m": "",
    "models/climb/a/../../../../x": "",
  };
  await using host = hostRuntime(folder.path, { ...context(), ...broken });
  const start = (name: string, more: Partial<DeploymentSpec>) =>
    failure(host.runtime.start(specOf(name, more)));
  const from = (path: string): Partial<DeploymentSpec> => ({
    context: { container: "code", path: `up/${path}`, dockerfile: "Dockerfile" },
  });
  const model = (path: string): Partial<DeploymentSpec> => ({
    model: { name: "m", version: "1", container: "models", path },
  });
  const quick = { ...specOf("x").readiness, failureThreshold: 4 };
  const cases: [string, Partial<DeploymentSpec>, string, RegExp][] = [
    [
      "no-context",
      from("absent"),
      "ImageBuildFailure",
      /^There is no Dockerfile in the context code\/up\/absent$/,
    ],
    [
      "run",
      from("run"),
      "ImageBuildFailure",
      /^Dockerfile line 3: RUN needs an image to be built, and Local Azure has no buildah/,
    ],
    [
      "copy",
      from("copy"),
      "ImageBuildFailure",
      /^Dockerfile line 2: COPY failed: there is no absent\.js/,
    ],
    [
      "python",
      from("python"),
      "ImageBuildFailure",
      /^Dockerfile line 2: CMD must be a Deno program/,
    ],
    ["climb", from("climb"), "BadArgument", /must not leave its folder/],
    [
      "no-model",
      model("absent"),
      "BadArgument",
      /^Unable to download user model: m version 1 has no files/,
    ],
    ["climbing-model", model("climb/a"), "BadArgument", /must not leave its folder/],
    [
      "ports",
      { routes: { ...specOf("x").routes, scoring: { path: "/", port: 9 } } },
      "BadArgument",
      /one port/,
    ],
    [
      "no-script",
      from("noscript"),
      "ResourceNotReady",
      /crashed or terminated: no-script ended with exit code 1[^]*absent\.js/,
    ],
    [
      "crash",
      { environmentVariables: { START: "crash" } },
      "ResourceNotReady",
      /ended with exit code 1[^]*reading the model[^]*there is no such model/,
    ],
    [
      "slow",
      { environmentVariables: { START: "never-ready" }, readiness: quick },
      "ResourceNotReady",
      /was not ready within 200 ms/,
    ],
  ];
  for (const [name, more, code, words] of cases) {
    const error = await start(name, more);
    assert.equal(error.code, code, `${name}: ${error.message}`);
    assert.match(error.message, words, name);
    assert.equal(host.runtime.get(specOf(name).id), undefined, name);
    assert.match(host.runtime.logs(specOf(name).id, TAIL) ?? "", /Instance status:/, name);
  }
  const log = host.runtime.logs(specOf("crash").id, TAIL)!;
  assert.match(log, /UserContainerStart: Failed[^]*Container logs:\nreading the model\n/);
  assert.equal(host.store.db.prepare("SELECT count(*) AS n FROM child_processes").get()!.n, 0);
});

Deno.test("createRuntime() keeps logs in the service's layout, past a failure and a restart", async () => {
  await using folder = await tempFolder();
  const id = specOf("blue").id;
  {
    await using host = hostRuntime(folder.path);
    const { port } = await host.runtime.start(specOf("blue"));
    for (const text of ["one", "two", "three"]) await ask(port, `/do/say?text=${text}`);
    await eventually(
      "the last line is there",
      () => host.runtime.logs(id, TAIL)!.includes("three"),
    );
    const text = host.runtime.logs(id, TAIL)!;
    assert.match(
      text,
      /^Instance status:\nSystemSetup: Succeeded\nUserContainerImagePull: Succeeded\nModelDownload: Succeeded\nUserContainerStart: Succeeded\n\nContainer events:\nKind: Pod, Name: Pulling, Type: Normal, Time: \S+, Message: Start pulling container image\n/,
    );
    assert.match(
      text,
      /Name: Started[^\n]*\n[^]*Name: ContainerReady[^\n]*\n\nContainer logs:\none\ntwo\nthree\n$/,
    );
    assert.match(host.runtime.logs(id, { ...TAIL, tail: 2 })!, /Container logs:\ntwo\nthree\n$/);
    assert.match(host.runtime.logs(id, { ...TAIL, tail: 0 })!, /Container logs:\n$/);
    assert.doesNotMatch(
      host.runtime.logs(id, { container: "StorageInitializer", tail: 9 })!,
      /three/,
    );
  }
  await using host = hostRuntime(folder.path);
  assert.match(host.runtime.logs(id, TAIL)!, /Container logs:\none\ntwo\nthree\n$/);
  assert.equal(host.runtime.get(id), undefined);
  await host.runtime.start(specOf("blue")); // as whoever kept the spec does
  assert.equal(host.runtime.get(id)?.ready, true);
  const [place] = [...Deno.readDirSync(`${folder.path}/deployments`)];
  const kept = [...Deno.readDirSync(`${folder.path}/deployments/${place.name}`)];
  assert.deepEqual(
    kept.map(({ name }) => name),
    ["g2"],
    "logs of a run before are not kept for ever",
  );
});

Deno.test("createRuntime() gives a container what the one before a restart had in /tmp, and no other", async () => {
  await using folder = await tempFolder();
  const tmpOf = async (port: number) =>
    (await attempt(port, "env") as Record<string, string>).TMPDIR;
  for (const [round, names] of [[1, []], [2, ["row-1"]], [3, ["row-1", "row-2"]]] as const) {
    await using host = hostRuntime(folder.path);
    const { port } = await host.runtime.start(specOf("blue")), tmp = await tmpOf(port);
    assert.deepEqual(await attempt(port, "list", tmp), names, `start ${round}`);
    assert.equal(await attempt(port, "write", `${tmp}/row-${round}`), "written");
    const green = await host.runtime.start(specOf("green"));
    assert.deepEqual(await attempt(green.port, "list", await tmpOf(green.port)), []);
    if (round < 3) continue;
    // one that is replaced while Local Azure lives has ended in order: it leaves nothing
    const next = await host.runtime.start(specOf("blue"));
    assert.deepEqual(await attempt(next.port, "list", await tmpOf(next.port)), []);
  }
});

Deno.test("createRuntime() starts a container again when it crashes or fails its liveness probe", async () => {
  await using folder = await tempFolder();
  await using host = hostRuntime(folder.path);
  const running = await host.runtime.start(specOf("blue")), first = running.pid;
  await ask(running.port, "/do/exit?code=7");
  await eventually("another process is ready", () => running.pid !== first && running.ready);
  assert.equal(await isAlive(first), false);
  const second = running.pid;
  await ask(running.port, "/do/become?live=no");
  await eventually("a third process is ready", () => running.pid !== second && running.ready);
  assert.equal(await isAlive(second), false);
  assert.equal((await ask(running.port, "/score") as { pid: number }).pid, running.pid);
  const log = host.runtime.logs(specOf("blue").id, TAIL)!;
  assert.match(log, /Back-off 0 ms restarting failed container: Container ended with exit code 7/);
  assert.match(log, /Name: LivenessProbeFailed, Type: Warning[^\n]*\/live answered 500/);
  assert.match(log, /Back-off 250 ms restarting failed container: Liveness probe failed/);
});

Deno.test("createRuntime() takes a container out of rotation while it is not ready", async () => {
  await using folder = await tempFolder();
  await using host = hostRuntime(folder.path);
  const readiness = { ...specOf("x").readiness, failureThreshold: 2 };
  // a short readiness limit would be the limit of the start too
  const running = await host.runtime.start(
    specOf("blue", { readiness: { ...readiness, initialDelayMs: 10_000 } }),
  );
  const { pid } = running;
  await ask(running.port, "/do/become?ready=no");
  await eventually("it is out of rotation", () => !running.ready);
  await ask(running.port, "/do/become?ready=yes");
  await eventually("it is back", () => running.ready);
  assert.equal(running.pid, pid);
});

Deno.test("createRuntime() replaces a deployment only once the next is ready", async () => {
  await using folder = await tempFolder();
  await using host = hostRuntime(folder.path);
  const spec = specOf("blue", { requestTimeoutMs: 300 });
  const before = await host.runtime.start(spec), { pid, port } = before;
  const failed = await failure(
    host.runtime.start({ ...spec, environmentVariables: { START: "crash" } }),
  );
  assert.equal(failed.code, "ResourceNotReady");
  assert.equal(host.runtime.get(spec.id), before);
  assert.equal((await ask(port, "/score") as { pid: number }).pid, pid);

  const starting = host.runtime.start({ ...spec, environmentVariables: { V: "2" } });
  let answeredMeanwhile = 0;
  while (host.runtime.get(spec.id) === before) {
    assert.equal((await ask(port, "/score") as { pid: number }).pid, pid);
    answeredMeanwhile++;
  }
  const slow = ask(port, "/score/sleep?ms=150"); // it may finish what it has
  const after = await starting;
  assert.ok(answeredMeanwhile > 0);
  assert.notEqual(after.pid, pid);
  assert.equal((await attempt(after.port, "env") as { V: string }).V, "2");
  assert.equal(await slow, "awake");
  await eventually("the old process is gone", async () => !await isAlive(pid));
  await eventually("its folder is gone", () => {
    const [deployment] = Deno.readDirSync(`${folder.path}/deployments`);
    return [...Deno.readDirSync(`${folder.path}/deployments/${deployment.name}`)].length === 1;
  });
});

Deno.test("createRuntime() gives a start up when it is told to, and ends whoever does not listen", async () => {
  await using folder = await tempFolder();
  await using host = hostRuntime(folder.path);
  const giveUp = new AbortController();
  const waiting = failure(
    host.runtime.start(
      specOf("blue", { environmentVariables: { START: "never-ready" } }),
      giveUp.signal,
    ),
  );
  const rows = () =>
    host.store.db.prepare("SELECT pid FROM child_processes").all() as { pid: number }[];
  await eventually("its process is there", () => rows().length === 1);
  const [{ pid }] = rows();
  giveUp.abort();
  assert.equal((await waiting).code, "OperationCanceled");
  assert.equal(await isAlive(pid), false);

  const stopped = failure(
    host.runtime.start(specOf("green", { environmentVariables: { START: "never-ready" } })),
  );
  await eventually("its process is there", () => rows().length === 1);
  await host.runtime.stop(specOf("green").id);
  assert.equal((await stopped).code, "OperationCanceled");

  const deaf = await host.runtime.start(
    specOf("red", { environmentVariables: { START: "deaf-to-sigterm" } }),
  );
  const since = performance.now();
  await host.runtime.stop(specOf("red").id);
  assert.ok(performance.now() - since > 2_500, "it was not given time");
  assert.equal(await isAlive(deaf.pid), false);
});

Deno.test("createRuntime() tries another port when somebody was quicker", async () => {
  await using folder = await tempFolder();
  await using host = hostRuntime(folder.path);
  const running = await host.runtime.start(
    specOf("blue", { environmentVariables: { START: "addr-in-use-once" } }),
  );
  const { TMPDIR } = await attempt(running.port, "env") as Record<string, string>;
  assert.notEqual(await Deno.readTextFile(`${TMPDIR}/tried`), String(running.port));
});

Deno.test("createRuntime() ends everything when it is closed, starts under way included", async () => {
  await using folder = await tempFolder();
  const host = hostRuntime(folder.path);
  const { pid } = await host.runtime.start(specOf("blue"));
  const under = failure(
    host.runtime.start(specOf("green", { environmentVariables: { START: "never-ready" } })),
  );
  await eventually(
    "both processes are there",
    () => host.store.db.prepare("SELECT * FROM child_processes").all().length === 2,
  );
  await host.runtime.close();
  assert.equal((await under).code, "OperationCanceled");
  assert.equal(await isAlive(pid), false);
  assert.deepEqual(host.store.db.prepare("SELECT * FROM child_processes").all(), []);
  assert.equal((await failure(host.runtime.start(specOf("red")))).code, "OperationCanceled");
  host.store.close();
});

Deno.test("createRuntime() leaves no process when Local Azure is killed, at whatever moment", async () => {
  for (const moment of ["ready", 0, 60, 150]) {
    await using folder = await tempFolder();
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--allow-all",
        "--quiet",
        new URL("./runtime_host.ts", import.meta.url).pathname,
        folder.path,
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    let heard = "";
    for await (const bytes of child.stdout.values({ preventCancel: true })) {
      heard += new TextDecoder().decode(bytes);
      if (heard.includes(typeof moment === "number" ? "opened" : moment)) break;
    }
    if (typeof moment === "number") await new Promise((done) => setTimeout(done, moment));
    child.kill("SIGKILL");
    await child.status;
    await child.stdout.cancel();
    const remaining = () => new Deno.Command("pgrep", { args: ["-f", folder.path] }).outputSync();
    await eventually("nothing with its folder's name runs", () => !remaining().success);
    if (moment !== "ready") continue;
    const store = openStore(`${folder.path}/store.sqlite`, () => 0);
    const pids = store.db.prepare("SELECT pid FROM child_processes").all().map(({ pid }) =>
      Number(pid)
    );
    store.close();
    assert.equal(pids.length, 2);
    for (const pid of pids) assert.equal(await isAlive(pid), false);
  }
});

Deno.test("createRuntime() ends what a killed Local Azure left, and nobody who has its number now", async () => {
  await using folder = await tempFolder();
  const sleeper = () =>
    new Deno.Command(Deno.execPath(), {
      args: ["eval", "setTimeout(() => {}, 1e9)"],
      stdin: "null",
    }).spawn();
  const orphan = sleeper(), stranger = sleeper();
  try {
    const store = openStore(`${folder.path}/store.sqlite`, () => 0);
    createProcessRecord(store).add(orphan.pid);
    const rows = () => store.db.prepare("SELECT * FROM child_processes").all();
    await eventually("it is recorded", () => rows().length === 1);
    store.db.prepare("INSERT INTO child_processes VALUES (?, 'long ago')").run(stranger.pid);
    store.close();
    await using host = hostRuntime(folder.path);
    await host.runtime.stop("/none"); // waits until it is cleaned up
    assert.equal((await orphan.status).signal, "SIGKILL");
    assert.equal(await isAlive(stranger.pid), true);
    assert.match(host.logged.join("\n"), new RegExp(`"pids":\\[${orphan.pid}\\]`));
    assert.deepEqual(host.store.db.prepare("SELECT * FROM child_processes").all(), []);
  } finally {
    stranger.kill("SIGKILL");
    await stranger.status;
  }
});
