/** What the doctor looks at, apart from how it looks: probes in, findings out. */

/** One thing looked at. */
export interface Check {
  /** What. */
  readonly name: string;
  /** `ok`; `missing` where the project cannot do without; `optional` where only a part is lost. */
  readonly status: "ok" | "missing" | "optional";
  /** What was found. */
  readonly found: string;
  /** The command, or the one thing to do, that mends it; null where all is well. */
  readonly fix: string | null;
}

/** Looks at the machine. Each may throw: the first line of the message is then what was found. */
export interface Probes {
  /** Version of the Deno that runs this, e.g. `2.9.6`. */
  denoVersion(): string;
  /** Version that the project wants. */
  wantedDenoVersion(): Promise<string>;
  /** Free room where the checkout lies, in bytes. */
  freeBytes(): Promise<number>;
  /** Starts a kernel, runs a cell and ends it; says what came back. */
  kernel(): Promise<string>;
  /** Loads a native npm package and uses it; says what came back. */
  native(name: NativePackage): Promise<string>;
  /** Starts the browser of the browser tests and ends it; says which it was. */
  browser(): Promise<string>;
  /** The Python that environments are made with: its version, and whether it can make them. */
  python(): Promise<{ readonly version: string; readonly venv: boolean } | undefined>;
  /** Whether a port of 127.0.0.1 is free. */
  portFree(port: number): boolean;
}

/** npm packages that carry compiled code. */
export type NativePackage = "nodejs-polars" | "@resvg/resvg-js";

/** Room that packages and results take, in bytes, with some to spare. */
const ROOM = 1_000_000_000;

const PORTS = [[7070, "Local Azure"], [8080, "dashboard"], [8888, "JupyterLab"]] as const;

/**
 * Runs all checks, one after the other.
 *
 * @param probes See {@linkcode Probes}.
 * @param options `needed`: look at nothing that is optional. Default false.
 * @returns What was found, what the project cannot do without first.
 */
export async function runChecks(
  probes: Probes,
  { needed = false }: { needed?: boolean } = {},
): Promise<Check[]> {
  const checks: Check[] = [];
  const look = async (
    name: string,
    { need, fix }: { need: "missing" | "optional"; fix: string },
    probe: () => Promise<{ well: boolean; found: string }>,
  ) => {
    const { well, found } = await Promise.resolve().then(probe)
      .catch((error) => ({ well: false, found: line(error) }));
    checks.push({ name, found, status: well ? "ok" : need, fix: well ? null : fix });
  };
  const does = (probe: () => Promise<string>) => async () => ({ well: true, found: await probe() });

  const wanted = await probes.wantedDenoVersion();
  const other = `npx -y deno@${wanted} task doctor`;
  await look(`Deno ${wanted}`, { need: "missing", fix: other }, () => {
    const found = probes.denoVersion();
    return Promise.resolve({ well: found === wanted, found });
  });
  await look(
    "disk",
    { need: "missing", fix: "make 1 GB of room where the checkout lies" },
    async () => {
      const free = await probes.freeBytes();
      return { well: free >= ROOM, found: `${(free / 1e9).toFixed(1)} GB free` };
    },
  );
  const again = "deno install --frozen (with the network there)";
  for (const name of ["nodejs-polars", "@resvg/resvg-js"] as const) {
    await look(name, { need: "missing", fix: again }, does(() => probes.native(name)));
  }
  await look("kernel", { need: "missing", fix: other }, does(() => probes.kernel()));
  if (needed) return checks;
  await look("browser", {
    need: "optional",
    fix: "CHROMIUM=/path/to/chromium deno task doctor (only the browser tests need one)",
  }, does(() => probes.browser()));
  await look("Python >= 3.10 with venv", {
    need: "optional",
    fix: "apt-get install python3 python3-venv (only lab, bench and the workflow tests need it)",
  }, async () => {
    const python = await probes.python();
    if (!python) return { well: false, found: "none" };
    return { well: python.venv, found: `${python.version}${python.venv ? "" : " without venv"}` };
  });
  for (const [port, user] of PORTS) {
    await look(`port ${port}`, {
      need: "optional",
      fix: `nothing to do: ${user} takes the next free one and says so`,
    }, () => {
      const free = probes.portFree(port);
      return Promise.resolve({ well: free, found: free ? `free for ${user}` : "taken" });
    });
  }
  return checks;
}

/** The checks as lines for a person; the last one sums up. */
export function checksText(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.map(({ name, status, found, fix }) =>
    `${status.padEnd(8)}  ${name.padEnd(width)}  ${found}${fix ? `\n          → ${fix}` : ""}`
  );
  const missing = checks.filter(({ status }) => status === "missing").length;
  const sum = missing === 0 ? "All that is needed is here." : `${missing} needed and missing.`;
  return [...lines, sum].join("\n");
}

function line(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().split("\n")[0];
}
