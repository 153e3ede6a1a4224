import assert from "node:assert/strict";
import { join } from "node:path";
import {
  clientEnvironment,
  ensureLocalAzure,
  findLocalAzure,
  resetLocalAzure,
  stopLocalAzure,
} from "lib/azure/local.ts";
import { claimCheckout, openStore, STORE_VERSION } from "lib/local_azure/mod.ts";
import { HOME } from "./control_host.ts";

const ROOT = join(import.meta.dirname!, "../..");

/** A checkout of its own, whose Local Azure is gone afterwards. */
async function temporaryCheckout() {
  const checkout = await Deno.makeTempDir({ prefix: "checkout-" });
  return {
    checkout,
    async [Symbol.asyncDispose]() {
      await stopLocalAzure({ checkout });
      await Deno.remove(checkout, { recursive: true });
    },
  };
}

/** Runs a script of the project with its own flags. */
function script(name: string, args: string[], options: Deno.CommandOptions = {}): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", join(ROOT, "scripts", name), ...args],
    cwd: ROOT,
    ...{ stdout: "piped", stderr: "piped", stdin: "null" },
    ...options,
  });
}

async function output(command: Deno.Command) {
  const { code, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

function lives(pid: number): boolean {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ")[1][0] !== "Z";
  } catch {
    return false;
  }
}

/** A request with a token to the running process, by way of an HTTP client that can set `Host`. */
async function arm(port: number, method: string, path: string, body?: object) {
  using client = Deno.createHttpClient({ allowHost: true });
  const resource = encodeURIComponent("https://management.azure.com");
  const url = `http://127.0.0.1:${port}/msi/token?api-version=2019-08-01&resource=${resource}`;
  const { access_token } = await (await fetch(url, { headers: { "x-identity-header": "x" } }))
    .json();
  const response = await fetch(`http://127.0.0.1:${port}${HOME}${path}?api-version=2022-10-01`, {
    method,
    headers: { host: "management.azure.com", authorization: `Bearer ${access_token}` },
    body: body && JSON.stringify(body),
    client,
  });
  return { status: response.status, body: await response.json() };
}

Deno.test("ensureLocalAzure() starts one that outlives the process that asked for it", async () => {
  await using temporary = await temporaryCheckout();
  const { checkout } = temporary;
  const program = `
    import { ensureLocalAzure } from ${JSON.stringify(`file://${ROOT}/lib/azure/local.ts`)};
    const { pid, port } = await ensureLocalAzure({ checkout: ${JSON.stringify(checkout)} });
    console.log(JSON.stringify({ pid, port }));`;
  const path = join(checkout, "ask.ts");
  await Deno.writeTextFile(path, program);
  const asked = await output(
    new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "--config", join(ROOT, "deno.json"), path],
      ...{ stdout: "piped", stderr: "piped" },
    }),
  );
  assert.equal(asked.code, 0, asked.stderr);
  const { pid, port } = JSON.parse(asked.stdout);
  const found = await ensureLocalAzure({ checkout });
  assert.deepEqual([found.pid, found.port, found.url], [pid, port, `http://127.0.0.1:${port}`]);
  const state = JSON.parse(await Deno.readTextFile(join(checkout, ".local/local-azure.json")));
  assert.deepEqual(Object.keys(state), ["pid", "port", "startedAt"]);
  assert.ok(Date.parse(state.startedAt) <= Date.now());

  assert.equal(await stopLocalAzure({ checkout }), true);
  assert.equal(lives(pid), false);
  assert.equal(await findLocalAzure({ checkout }), undefined);
  await assert.rejects(Deno.stat(join(checkout, ".local/local-azure.json")), Deno.errors.NotFound);
  assert.equal(await stopLocalAzure({ checkout }), false);
});

Deno.test("ensureLocalAzure(): many that ask at once get one process; kill -9 loses nothing", async () => {
  await using temporary = await temporaryCheckout();
  const { checkout } = temporary;
  const asked = await Promise.all(Array.from({ length: 5 }, () => ensureLocalAzure({ checkout })));
  assert.equal(new Set(asked.map(({ pid }) => pid)).size, 1);
  const [{ pid, port }] = asked;
  const uri = "azureml://datastores/workspaceblobstore/paths/LocalUpload/1/model";
  const properties = { modelUri: uri };
  for (let version = 1; version <= 20; version++) {
    const { status } = await arm(port, "PUT", `/models/iris/versions/${version}`, { properties });
    assert.equal(status, 201);
  }
  Deno.kill(pid, "SIGKILL");
  for (let i = 0; lives(pid) && i < 200; i++) await new Promise((done) => setTimeout(done, 5));
  const again = await ensureLocalAzure({ checkout });
  assert.notEqual(again.pid, pid);
  const { body } = await arm(again.port, "GET", "/models/iris");
  assert.equal(body.properties.latestVersion, "20");
  // what it holds is thrown away only when somebody says so
  await resetLocalAzure({ checkout });
  assert.equal((await arm(again.port, "GET", "/models/iris")).status, 404);
  assert.equal((await findLocalAzure({ checkout }))?.pid, again.pid);
});

Deno.test("ensureLocalAzure(): a state file of somebody else's process is not believed", async () => {
  await using temporary = await temporaryCheckout();
  const { checkout } = temporary, path = join(checkout, ".local/local-azure.json");
  await using other = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => Response.json({ pid: 1, ok: true }),
  );
  await Deno.mkdir(join(checkout, ".local"));
  for (
    const text of [
      JSON.stringify({ pid: Deno.pid, port: other.addr.port, startedAt: "" }),
      JSON.stringify({ pid: Deno.pid, port: 1, startedAt: "" }),
      "{",
      "[]",
    ]
  ) {
    await Deno.writeTextFile(path, text);
    assert.equal(await findLocalAzure({ checkout }), undefined, text);
    assert.equal(await stopLocalAzure({ checkout }), false, text); // and certainly does not kill it
  }
  const { pid } = await ensureLocalAzure({ checkout });
  assert.notEqual(pid, Deno.pid);
});

Deno.test("ensureLocalAzure(): a store from a newer version, and a folder that cannot be written", async () => {
  await using temporary = await temporaryCheckout();
  const { checkout } = temporary, folder = join(checkout, ".local/local-azure");
  await Deno.mkdir(folder, { recursive: true });
  const store = openStore(join(folder, "store.sqlite"), () => 0);
  store.db.exec(`PRAGMA user_version = ${STORE_VERSION + 1}`);
  store.close();
  await assert.rejects(ensureLocalAzure({ checkout }), (error: Error) => {
    assert.match(
      error.message,
      /^Cannot start Local Azure as it ended with exit code 2; it wrote: /,
    );
    assert.match(
      error.message,
      /local-azure: .*store.sqlite must be a store of version \d+ or older/,
    );
    return true;
  });
  await resetLocalAzure({ checkout }); // none runs: its folder is removed
  await Deno.writeTextFile(folder, "");
  await assert.rejects(
    ensureLocalAzure({ checkout }),
    /local-azure must be a folder that can be written/,
  );
  assert.equal(await stopLocalAzure({ checkout }), false);
  await Deno.remove(folder);
});

Deno.test("local_azure.ts: one per checkout, on the port that was asked for, until it is stopped", async () => {
  await using temporary = await temporaryCheckout();
  const { checkout } = temporary, data = join(checkout, "data");
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 }), { port } = taken.addr;
  const args = ["--checkout", checkout, "--data", data, "--port", String(port)];
  const refused = await output(script("local_azure.ts", args));
  assert.deepEqual(refused, {
    code: 2,
    stdout: "",
    stderr: `local-azure: port must be free: got ${port}\n`,
  });
  taken.close();
  const child = script("local_azure.ts", args).spawn(), reader = child.stdout.getReader();
  const line = new TextDecoder().decode((await reader.read()).value);
  assert.equal(line, `Local Azure: http://127.0.0.1:${port} (data in ${data})\n`);
  assert.deepEqual(await findLocalAzure({ checkout }).then((found) => found?.pid), child.pid);
  const second = await output(script("local_azure.ts", args.slice(0, 2)));
  assert.equal(second.code, 1);
  assert.equal(
    second.stderr,
    `local-azure: Cannot start Local Azure as one runs here already: http://127.0.0.1:${port}, ` +
      `process ${child.pid}; deno task local-azure:stop ends it\n`,
  );
  assert.equal((await ensureLocalAzure({ checkout })).pid, child.pid);
  child.kill("SIGTERM");
  assert.equal((await child.status).code, 0);
  reader.releaseLock();
  await Promise.all([child.stdout.cancel(), child.stderr.cancel()]);
  assert.equal(await findLocalAzure({ checkout }), undefined);
});

Deno.test("local_azure.ts: wrong flags are one line and exit code 2", async () => {
  const fault = async (...args: string[]) => {
    const { code, stderr } = await output(script("local_azure.ts", args));
    return `${code} ${stderr}`;
  };
  assert.equal(
    await fault("--port", "70000"),
    '2 local-azure: --port must be a whole number from 1 to 65535: got "70000"\n',
  );
  assert.match(
    await fault("--prot", "7070"),
    /^2 local-azure: --prot must be one of .*--port VALUE/,
  );
  assert.equal(await fault("start"), '2 local-azure: arguments must be flags: got "start"\n');
  const { code, stdout } = await output(script("local_azure.ts", ["--help"]));
  assert.equal(code, 0);
  for (const flag of ["--port", "--data", "--allow-host", "--lenient"]) {
    assert.ok(stdout.includes(flag));
  }
});

Deno.test("a server that ends by itself is waited for, and another is started", async () => {
  await using temporary = await temporaryCheckout();
  const { checkout } = temporary;
  const claim = await claimCheckout(checkout);
  claim.announce({ pid: Deno.pid, port: 1, startedAt: "" });
  await assert.rejects(claimCheckout(checkout), /one runs here already: http:\/\/127.0.0.1:1/);
  claim.withdraw(); // as a server does that is ending
  setTimeout(claim.release, 100);
  const { pid } = await ensureLocalAzure({ checkout });
  assert.ok(lives(pid));
});

Deno.test("scripts: env starts it and prints what a shell takes, reset empties, stop ends it", async () => {
  await using temporary = await temporaryCheckout();
  const { checkout } = temporary, flags = ["--checkout", checkout];
  const env = await output(script("local_azure_env.ts", flags));
  const { pid, port } = (await findLocalAzure({ checkout }))!;
  assert.equal(env.code, 0, env.stderr);
  const shell = new Deno.Command("sh", {
    args: ["-c", `${env.stdout}\necho "$MLFLOW_TRACKING_URI $AZURE_ML_WORKSPACE"`],
  });
  assert.equal((await output(shell)).stdout, `http://127.0.0.1:${port} mlw-local\n`);
  await arm(port, "PUT", "/models/iris", { properties: {} });
  assert.equal((await output(script("reset.ts", flags))).stdout, "Local Azure is empty\n");
  assert.equal((await arm(port, "GET", "/models/iris")).status, 404);
  assert.equal(
    (await output(script("local_azure_stop.ts", flags))).stdout,
    "Local Azure has ended\n",
  );
  assert.equal(lives(pid), false);
  const again = await output(script("local_azure_stop.ts", flags));
  assert.deepEqual(again, { code: 0, stdout: "Local Azure does not run\n", stderr: "" });
  const wrong = await output(script("reset.ts", ["everything"]));
  assert.deepEqual([wrong.code, wrong.stderr], [
    2,
    'reset: arguments must be flags: got "everything"\n',
  ]);
});

Deno.test("clientEnvironment() names what design.md promises", () => {
  assert.deepEqual(
    Object.keys(clientEnvironment(7070)).filter((name) => !/STATSBEAT/.test(name)).sort(),
    [
      "AZURE_ML_WORKSPACE",
      "AZURE_RESOURCE_GROUP",
      "AZURE_SUBSCRIPTION_ID",
      "AZURE_TOKEN_CREDENTIALS",
      "IDENTITY_ENDPOINT",
      "IDENTITY_HEADER",
      "MLFLOW_TRACKING_URI",
    ],
  );
});
