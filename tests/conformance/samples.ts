/** Microsoft's samples of the SDK: where they are, what they call, how they are run and judged. */

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { OPERATION_GROUPS } from "lib/local_azure/arm_contract.ts";
import type { Seen } from "./watching_proxy.ts";

const HERE = import.meta.dirname!, ROOT = join(HERE, "../..");
const PACKAGE = createRequire(import.meta.url).resolve("@azure/arm-machinelearning/package.json");

/** Where the npm package keeps them. */
export const SAMPLES = join(dirname(PACKAGE), "dist-esm/samples-dev");

/** An operation of the SDK, e.g. `onlineEndpoints.listKeys`, and the request that begins it. */
export interface Operation {
  readonly name: string;
  readonly method: string;
  /** Fits the path of its request. */
  readonly path: RegExp;
}

const HOME = "/subscriptions/{s}/resourceGroups/{g}/providers/" +
  "Microsoft.MachineLearningServices/workspaces/{w}";

/** All operations, by name in lower case. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  OPERATION_GROUPS.flatMap(({ group, operations }) =>
    operations.map(([name, method, path]) => {
      const pattern = path.replace(/^~/, HOME).replace(/\{\w+\}/g, "[^/]+");
      const whole = `${group}.${name}`;
      return [
        whole.toLowerCase(),
        { name: whole, method, path: new RegExp(`^${pattern}$`, "i") },
      ] as const;
    })
  ),
);

/** One sample. */
export interface Sample {
  /** E.g. `onlineEndpointsListKeysSample`. */
  readonly name: string;
  /** Operations that it calls, one for each of its functions. */
  readonly calls: readonly Operation[];
}

/** Takes the calls out of a sample's text. */
export function sampleOf(name: string, text: string): Sample {
  const calls = [...text.matchAll(/client\.(\w+)\.(\w+)\(/g)].map(([, group, method]) => {
    const verb = method.replace(/^begin(\w+)AndWait$/, "$1");
    const found = OPERATIONS.get(`${group}.${verb}`.toLowerCase());
    if (!found) throw new Error(`Cannot tell what ${name} calls: no operation ${group}.${verb}`);
    return found;
  });
  return { name, calls };
}

/** All samples, by name. */
export function readSamples(): Sample[] {
  const names = [...Deno.readDirSync(SAMPLES)].map(({ name }) => name)
    .filter((name) => name.endsWith(".js")).sort();
  return names.map((file) =>
    sampleOf(file.slice(0, -3), Deno.readTextFileSync(join(SAMPLES, file)))
  );
}

/** What must be there before what: samples read and delete what others make. */
const PHASES: readonly RegExp[] = [
  /^workspacesCreate/,
  /^(compute|\w+Containers|\w+Endpoints)Create/,
  /Create/,
  /^(?!\w+Delete)/,
  /(Versions|Deployments)Delete/,
  /^(?!workspacesDelete)/,
  /^/,
];

/** The samples in the order in which they can work, in groups. */
export function inOrder(samples: readonly Sample[]): Sample[][] {
  const left = new Set(samples);
  return PHASES.map((phase) => {
    const group = [...left].filter(({ name }) => phase.test(name));
    for (const sample of group) left.delete(sample);
    return group;
  }).filter((group) => group.length > 0);
}

/** What a sample did. */
export interface Outcome {
  readonly sample: Sample;
  /** Exit code of the process that ran it. */
  readonly exitCode: number;
  /** What it wrote there. */
  readonly stderr: string;
  /** How many of its functions came to an end. */
  readonly ended: number;
}

/**
 * Runs samples in one process, from a byte-identical copy: inside the npm package the import map does
 * not apply.
 *
 * @param samples In the order to run them in.
 * @param target Where their requests go.
 * @param identity Where their tokens come from.
 */
export async function runSamples(
  samples: readonly Sample[],
  { target, identity }: { target: string; identity: string },
): Promise<Outcome[]> {
  const folder = await Deno.makeTempDir({ prefix: "samples-" });
  try {
    for (const { name } of samples) {
      await Deno.copyFile(join(SAMPLES, `${name}.js`), join(folder, `${name}.js`));
    }
    const map = join(folder, "import_map.json");
    await Deno.writeTextFile(map, JSON.stringify(importMap()));
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-check", "--cached-only", "--frozen", `--import-map=${map}`],
        ...["--allow-net=127.0.0.1", "--allow-env", "--allow-sys", "--allow-read"],
        ...[join(HERE, "samples/run.ts"), folder, ...samples.map(({ name }) => name)],
      ],
      cwd: ROOT,
      env: {
        SAMPLES_TARGET: target,
        SAMPLES_SDK: importsOf()["@azure/arm-machinelearning"],
        AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
        IDENTITY_ENDPOINT: `${identity}/msi/token`,
        IDENTITY_HEADER: "any",
        NO_COLOR: "1",
      },
    }).output();
    const results = partsOf(stdout), errors = partsOf(stderr);
    return samples.map((sample) => ({
      sample,
      exitCode: code,
      stderr: errors.get(sample.name) ?? errors.get("") ?? "",
      ended: Number(results.get(sample.name)?.split("\u0002")[1] ?? 0),
    }));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function importsOf(): Record<string, string> {
  return JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json"))).imports;
}

function importMap(): { imports: Record<string, string> } {
  const imports = importsOf();
  const tslib = createRequire(PACKAGE).resolve("tslib").replace(/tslib\.js$/, "tslib.es6.mjs");
  return {
    imports: {
      "@azure/identity": imports["@azure/identity"],
      "@azure/core-rest-pipeline": imports["@azure/core-rest-pipeline"],
      "@azure/core-http-compat": imports["@azure/core-http-compat"],
      "@azure/arm-machinelearning": pathToFileURL(join(HERE, "samples/client.ts")).href,
      tslib: pathToFileURL(tslib).href,
    },
  };
}

/** A stream by sample; under the empty name what came before the first. */
function partsOf(bytes: Uint8Array): Map<string, string> {
  const [before, ...parts] = new TextDecoder().decode(bytes).split("\u0001");
  return new Map([
    ["", before.trim()] as const,
    ...parts.map((part) => {
      const end = part.indexOf("\n");
      return [part.slice(0, end), part.slice(end + 1).trim()] as const;
    }),
  ]);
}

/**
 * Why a sample did not pass: nothing if it did.
 *
 * @param outcome What it did.
 * @param seen The requests that reached Local Azure, of all samples.
 */
export function faultsOf({ sample, exitCode, stderr, ended }: Outcome, seen: readonly Seen[]) {
  const faults: string[] = [], { name, calls } = sample;
  if (exitCode !== 0) faults.push(`exit code ${exitCode}`);
  if (stderr !== "") faults.push(`stderr: ${stderr.split("\n")[0]}`);
  if (ended !== calls.length) faults.push(`${ended} of ${calls.length} functions ended`);
  const own = seen.filter((request) => request.sample === name);
  for (const { method, path, status, isJson } of own) {
    if (!isJson) faults.push(`${method} ${path} answered no JSON`);
    if (status >= 400) faults.push(`${method} ${path} answered ${status}`);
  }
  for (const operation of new Set(calls)) {
    const wanted = calls.filter((call) => call === operation).length;
    const made = own.filter(({ method, path }) =>
      method === operation.method && operation.path.test(path)
    ).length;
    if (made < wanted) faults.push(`${operation.name} was called ${made} times, not ${wanted}`);
  }
  return faults;
}
