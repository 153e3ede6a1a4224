/** The container's build context: one file with everything in it, and a Dockerfile. */

/**
 * Everything the program needs is in the one file, so nothing has to be run while the image is built. It
 * reads the model, writes the spool, and may not start programs or load code. The hosts that it reaches
 * (storage, identity) are known only where it runs.
 */
const DOCKERFILE = `ARG BASE=denoland/deno:2.9.6
FROM \${BASE}
LABEL org.opencontainers.image.title="scoring service"
WORKDIR /app
COPY server.js ./
USER deno
EXPOSE 8080
CMD ["deno", "run", "--no-prompt", "--allow-net", "--allow-env", "--allow-sys=osRelease", \
"--allow-read=/var/azureml-app,/tmp", "--allow-write=/tmp", "server.js"]
`;

/** The files that need Azure SDKs, by the names that their texts have in the one file. */
const SDKS = { azureBlobText: "azure_blob.ts", azureMonitorText: "azure_monitor.ts" } as const;

/** Where the program lies in the image; the SDK's bundle looks for Node's built-in modules from there. */
const PROGRAM_URL = "file:///app/server.js";

/**
 * Makes the build context of the scoring service.
 *
 * The Azure SDKs, 1.5 MB, lie in the one file as texts and become code only where something is collected,
 * or told: as code they would cost a third of a second at each start in a fresh container.
 *
 * @returns Its files: the same code gives the same bytes, wherever the checkout lies.
 * @throws {Error} If the bundler fails, with what it said; or if its output is not as it was.
 *
 * @example
 * ```ts ignore
 * // runs `deno bundle`, so it needs the permission to run
 * const files = await buildContext();
 * ```
 */
export async function buildContext(): Promise<Record<string, Uint8Array>> {
  // one after the other: in a fresh cache, two of Deno 2.9's bundlers trip over each other's esbuild
  const files = Object.entries(SDKS);
  const external = files.flatMap(([, file]) => ["--external", `./${file}`]);
  let program = await bundle("main.ts", ...external), texts = "";
  for (const [name, file] of files) {
    const sdk = await bundle(file, "--minify"); // comments would name folders of this machine
    const pieces = program.split(`import("./${file}")`);
    if (pieces.length !== 2) {
      throw new Error(
        `Cannot bundle the server as it must import ${file} in one place: it does not`,
      );
    }
    const text = JSON.stringify(sdk.replaceAll("import.meta.url", JSON.stringify(PROGRAM_URL)));
    texts += `const ${name} = ${text};\n`;
    program = pieces.join(
      `import(URL.createObjectURL(new Blob([${name}], { type: "text/javascript" })))`,
    );
  }
  const server = texts + program; // texts first, since the program already runs before its last line
  const encoder = new TextEncoder();
  return { "Dockerfile": encoder.encode(DOCKERFILE), "server.js": encoder.encode(server) };
}

async function bundle(file: string, ...flags: string[]): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--frozen", `lib/serving/${file}`, ...flags],
    cwd: new URL("../../", import.meta.url),
    env: { NO_COLOR: "1" },
    stdin: "null",
  });
  const { success, stdout, stderr } = await command.output();
  const text = new TextDecoder();
  if (!success || stdout.length === 0) {
    throw new Error(`Cannot bundle ${file}: ${text.decode(stderr).trim()}`);
  }
  return text.decode(stdout);
}
