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

/** How the bundle of `main.ts` asks for the Azure SDK. */
const SDK_IMPORT = /\bimport\("\.\/azure_blob\.ts"\)/g;

/** Where the program lies in the image; the SDK's bundle looks for Node's built-in modules from there. */
const PROGRAM_URL = "file:///app/server.js";

/**
 * Makes the build context of the scoring service.
 *
 * The Azure SDK, 1.2 MB, lies in the one file as a text and becomes code only where something is
 * collected: as code it would cost a quarter of a second at each start in a fresh container.
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
  const program = await bundle("main.ts", "--external", "./azure_blob.ts");
  const sdk = await bundle("azure_blob.ts", "--minify"); // comments would name folders of this machine
  if (program.match(SDK_IMPORT)?.length !== 1) {
    throw new Error("Cannot bundle the server as it must import the SDK in one place: it does not");
  }
  const text = JSON.stringify(sdk.replaceAll("import.meta.url", JSON.stringify(PROGRAM_URL)));
  const load = `import(URL.createObjectURL(new Blob([azureSdkText], { type: "text/javascript" })))`;
  // first, since the program already runs before its last line
  const server = `const azureSdkText = ${text};\n${program.replace(SDK_IMPORT, () => load)}`;
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
