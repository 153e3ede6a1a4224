import assert from "node:assert/strict";
import type { DeploymentError, DeploymentSpec } from "lib/local_azure/runtime.ts";
import { context, DOCKERFILE, eventually, isAlive, specOf } from "./deployments.ts";
import { BASES, IGNORED as ignore } from "./has_buildah.ts";
import { hostRuntime, LOCAL_PORT, withImages } from "./runtime_host.ts";

const TAIL = { container: "InferenceServer", tail: 100 } as const;

/** Asks for what only a build can give. */
const BUILT = `
FROM denoland/deno:2.9.6 AS tools
RUN echo "built by $(id -un)" > /made && mkdir /out && mv /made /out/
FROM denoland/deno:2.9.6
ENV FROM_IMAGE=image BOTH=image
WORKDIR /app
ADD server.js ./
COPY --from=tools /out/made /app/made
USER deno
ENTRYPOINT ["deno", "run"]
CMD ["--allow-all", "server.js"]
`;

async function tempFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.realPath(await Deno.makeTempDir({ prefix: "local-azure-buildah-" }));
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

function host(folder: string, texts: Record<string, string>) {
  return hostRuntime(folder, texts, withImages(BASES));
}

async function attempt(port: number, what: string, value = ""): Promise<unknown> {
  const query = new URLSearchParams({ what, value });
  const response = await fetch(`http://127.0.0.1:${port}/do/attempt?${query}`);
  const text = await response.text(); // there is no body for nothing
  return text === "" ? undefined : JSON.parse(text);
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

/** Processes that have a folder in their arguments, or have changed into one of its folders. */
async function processesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const root = await Deno.readLink(`/proc/${name}/root`).catch(() => "");
    const words = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
    if (root.startsWith(folder) || words.includes(folder)) found.push(`${name} ${words}`);
  }
  return found;
}

/** Folders of layers and containers that a store holds. */
function layers(folder: string): string[] {
  try {
    return [...Deno.readDirSync(`${folder}/images/storage/vfs/dir`)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

Deno.test({
  name: "buildah: every instruction is followed, and the container is one",
  ignore,
  async fn(test) {
    await using folder = await tempFolder();
    await using own = host(folder.path, {
      ...context(BUILT),
      "models/up/m/forest/model.json": "{}",
    });
    const { runtime } = own, id = specOf("blue").id;
    const running = await runtime.start(specOf("blue", {
      model: { name: "iris", version: "3", container: "models", path: "up/m/forest" },
      environmentVariables: { BOTH: "deployment", PORT: "1", GREETING: "h\u00e9llo w=orld" },
    }));
    const { port, pid } = running;

    await test.step("RUN, ADD, ENTRYPOINT and a second stage were followed", async () => {
      assert.equal(await attempt(port, "read", "/app/made"), "built by root\n");
      assert.equal(await attempt(port, "cwd"), "/app");
      assert.match(runtime.logs(id, TAIL)!, /Name: Pulled.*localhost\/local-azure:\w+ was built/);
    });

    await test.step("its environment is the image's, the deployment's, the service's", async () => {
      const env = await attempt(port, "env") as Record<string, string>;
      for (const shells of ["PWD", "OLDPWD", "_", "SHLVL"]) delete env[shells];
      assert.deepEqual(env, {
        AML_APP_ROOT: "/var/azureml-app",
        APPLICATIONINSIGHTS_STATSBEAT_DISABLED: "true",
        APPLICATION_INSIGHTS_NO_STATSBEAT: "1",
        AZUREML_MODEL_DIR: "/var/azureml-app/azureml-models/iris/3",
        AZURE_EMULATOR: `http://127.0.0.1:${LOCAL_PORT}`,
        AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
        BOTH: "deployment",
        DENO_DIR: "/deno-dir/",
        DENO_NO_UPDATE_CHECK: "1",
        FROM_IMAGE: "image",
        GREETING: "h\u00e9llo w=orld",
        HOST: "127.0.0.1",
        IDENTITY_ENDPOINT: `http://127.0.0.1:${LOCAL_PORT}/msi/token`,
        IDENTITY_HEADER: "local",
        NO_COLOR: "1",
        PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        PORT: String(port),
        TMPDIR: "/tmp",
      });
    });

    await test.step("the model lies where Azure puts it, and can only be read", async () => {
      const model = "/var/azureml-app/azureml-models/iris/3/forest/model.json";
      assert.equal(await attempt(port, "read", model), "{}");
      assert.notEqual(await attempt(port, "write", model), "written");
      assert.equal(await attempt(port, "write", "/tmp/spool"), "written");
    });

    await test.step("it sees its image, its processes, and has no rights of root's", async () => {
      const status = await attempt(port, "read", "/proc/self/status") as string;
      assert.match(status, /^Uid:\t1993\t1993\t1993\t1993$/m);
      assert.match(status, /^Gid:\t1993\t1993\t1993\t1993$/m);
      assert.match(status, /^Groups:\t ?$/m);
      assert.match(status, /^CapEff:\t0+$/m);
      assert.match(status, /^NoNewPrivs:\t1$/m);
      assert.equal(await attempt(port, "read", `${folder.path}/store.sqlite`), "NotFound");
      assert.equal(await attempt(port, "list", folder.path), "NotFound");
      assert.equal(await attempt(port, "write", "/app/server.js"), "PermissionDenied");
      const processes = await attempt(port, "list", "/proc") as string[];
      assert.ok(processes.filter((name) => /^\d+$/.test(name)).length < 10, processes.join());
      assert.equal(await attempt(port, "run", "/bin/true"), 0); // an image has programs
    });

    await test.step("stopping ends its processes and leaves no image, container or mount", async () => {
      assert.ok((await processesIn(folder.path)).length >= 3);
      await runtime.stop(id);
      assert.equal(await isAlive(pid), false);
      await eventually("none runs", async () => (await processesIn(folder.path)).length === 0);
      assert.deepEqual([...Deno.readDirSync(`${folder.path}/deployments`)], []);
      assert.deepEqual(layers(folder.path), []);
      assert.ok(!(await Deno.readTextFile("/proc/self/mountinfo")).includes(folder.path));
      assert.equal(runtime.logs(id, TAIL), undefined);
    });
  },
});

Deno.test({
  name: "buildah: a build that fails is told by its own last lines, and leaves nothing",
  ignore,
  async fn() {
    await using folder = await tempFolder();
    const dockerfiles: Record<string, string> = {
      false: "FROM denoland/deno:2.9.6\nRUN echo one && echo two >&2 && false\nCMD deno",
      missing: "FROM localhost/no/such:1\nCMD deno",
      copy: "FROM denoland/deno:2.9.6\nCOPY absent.js .\nCMD deno",
      silent: "FROM scratch\nLABEL a=b",
      user: 'FROM denoland/deno:2.9.6\nUSER nobody-here\nCMD ["deno", "run", "x"]',
      command: 'FROM denoland/deno:2.9.6\nCMD ["no-such-program"]',
      climb: "FROM denoland/deno:2.9.6\nRUN rm -rf /var && ln -s /tmp /var\nCMD deno",
    };
    const texts = Object.fromEntries(
      Object.entries(dockerfiles).map(([name, text]) => [`code/up/${name}/Dockerfile`, text]),
    );
    await using own = host(folder.path, { ...context(), ...texts });
    const cases: [string, string, RegExp][] = [
      ["false", "ImageBuildFailure", /^The build of Dockerfile failed:\n[^]*one\ntwo\n[^]*STEP/],
      ["missing", "ImageBuildFailure", /no\/such:1/],
      ["copy", "ImageBuildFailure", /absent\.js/],
      ["silent", "ImageBuildFailure", /names no program/],
      ["user", "ResourceNotReady", /The image has no user nobody-here/],
      ["command", "ResourceNotReady", /no-such-program: No such file/],
      ["climb", "ResourceNotReady", /\/var of the image must be a folder, and is a link/],
      ["absent", "ImageBuildFailure", /There is no Dockerfile in the context code\/up\/absent/],
    ];
    for (const [name, code, words] of cases) {
      const error = await failure(own.runtime.start(specOf(name, {
        context: { container: "code", path: `up/${name}`, dockerfile: "Dockerfile" },
      })));
      assert.equal(error.code, code, `${name}: ${error.message}`);
      assert.match(error.message, words, name);
      assert.match(own.runtime.logs(specOf(name).id, TAIL)!, /Name: Failed/, name);
      assert.equal(own.runtime.get(specOf(name).id), undefined, name);
    }
    assert.deepEqual(layers(folder.path), []);
    assert.deepEqual(await processesIn(folder.path), []);
    const crash = { environmentVariables: { START: "crash" } };
    const error = await failure(own.runtime.start(specOf("crash", crash)));
    assert.match(error.message, /ended with exit code 1[^]*there is no such model/);
  },
});

Deno.test({
  name: "buildah: two deployments share one build; a crash is followed by a new start",
  ignore,
  async fn() {
    await using folder = await tempFolder();
    await using own = host(folder.path, context());
    const { runtime } = own, [blue, green] = [specOf("blue"), specOf("green")];
    const [one, two] = await Promise.all([runtime.start(blue), runtime.start(green)]);
    assert.notEqual(one.port, two.port);
    const logs = [blue, green].map(({ id }) => runtime.logs(id, TAIL)!).join("\n");
    assert.equal(logs.match(/ was built/g)?.length, 1);
    assert.equal(logs.match(/ is there already/g)?.length, 1);
    assert.equal(layers(folder.path).length, 3); // the image and two containers

    await runtime.stop(green.id);
    assert.equal(layers(folder.path).length, 2);
    const before = one.pid;
    await (await fetch(`http://127.0.0.1:${one.port}/do/exit?code=3`)).body?.cancel();
    await eventually("it is ready again", () => one.ready && one.pid !== before);
    assert.match(runtime.logs(blue.id, TAIL)!, /BackOff, .*ended with exit code 3/);
    assert.equal(await attempt(one.port, "cwd"), "/app");
  },
});

Deno.test({
  name: "buildah: a build that is given up ends with all that it has started",
  ignore,
  async fn() {
    await using folder = await tempFolder();
    const dockerfile = DOCKERFILE.replace("COPY", "RUN sleep 61.25\nCOPY");
    await using own = host(folder.path, context(dockerfile));
    const abort = new AbortController();
    const starting = own.runtime.start(specOf("blue"), abort.signal);
    const sleeps = async () => (await commands()).some((words) => words === "sleep\x0061.25\0");
    await eventually("the build is under way", sleeps);
    abort.abort();
    assert.equal((await failure(starting)).code, "OperationCanceled");
    await eventually("it sleeps no more", async () => !await sleeps());
    assert.deepEqual(await processesIn(folder.path), []);
  },
});

async function commands(): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    found.push(await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => ""));
  }
  return found;
}

Deno.test({
  name: "buildah: when Local Azure is killed its containers die, and the next start cleans up",
  ignore,
  async fn() {
    await using folder = await tempFolder();
    const script = new URL("./runtime_host.ts", import.meta.url).pathname;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--quiet", script, folder.path, BASES],
      ...{ stdin: "null", stdout: "piped", stderr: "inherit" },
    }).spawn();
    let heard = "";
    for await (const bytes of child.stdout.values({ preventCancel: true })) {
      heard += new TextDecoder().decode(bytes);
      if (heard.includes("ready")) break;
    }
    assert.match(heard, /ready/);
    child.kill("SIGKILL");
    await child.status;
    await child.stdout.cancel();
    await eventually("none runs", async () => (await processesIn(folder.path)).length === 0);
    assert.equal(layers(folder.path).length, 3);
    await using own = host(folder.path, context());
    await own.runtime.stop("/none"); // waits until it is cleaned up
    assert.deepEqual(layers(folder.path), []);
    const spec: DeploymentSpec = specOf("blue");
    assert.equal((await own.runtime.start(spec)).ready, true);
  },
});
