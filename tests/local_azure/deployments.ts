/** What deployment tests share: blobs in memory, specs, and a look at processes. */

import type { BlobFiles } from "lib/local_azure/blob_files.ts";
import type { DeploymentSpec } from "lib/local_azure/runtime.ts";

/** The program that is uploaded. */
const SERVER = await Deno.readTextFile(new URL("./uploaded_server.js", import.meta.url));

/** A Dockerfile that asks for everything and is given little. */
export const DOCKERFILE = `
FROM denoland/deno:2.9.6
ENV FROM_IMAGE=image BOTH=image
WORKDIR /app
COPY server.js ./
USER deno
EXPOSE 8080
CMD ["deno", "run", "--allow-all", "server.js"]
`;

/** Files of a build context in a container called `code`. */
export function context(dockerfile = DOCKERFILE, more: Record<string, string> = {}) {
  const files = { Dockerfile: dockerfile, "server.js": SERVER, ...more };
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [`code/up/ctx/${name}`, text]),
  );
}

/** Blobs in memory: `container/name` → text. */
export function memoryBlobs(texts: Record<string, string>): BlobFiles {
  return {
    list: (container, prefix) =>
      Promise.resolve(
        Object.keys(texts)
          .filter((key) => key.startsWith(`${container}/${prefix}`))
          .map((key) => key.slice(container.length + 1)).sort(),
      ),
    read: (container, name) => {
      const text = texts[`${container}/${name}`];
      return Promise.resolve(text === undefined ? undefined : new TextEncoder().encode(text));
    },
  };
}

const PROBE = {
  initialDelayMs: 0,
  periodMs: 50,
  timeoutMs: 1000,
  failureThreshold: 3,
  successThreshold: 1,
};

/** A spec of deployment `name` of endpoint `iris`. */
export function specOf(name: string, more: Partial<DeploymentSpec> = {}): DeploymentSpec {
  return {
    id:
      `/subscriptions/s/resourcegroups/rg/providers/microsoft.machinelearningservices/workspaces/w/onlineendpoints/iris/deployments/${name}`,
    endpoint: "iris",
    name,
    context: { container: "code", path: "up/ctx", dockerfile: "Dockerfile" },
    environmentVariables: {},
    routes: {
      liveness: { path: "/live", port: 8080 },
      readiness: { path: "/ready", port: 8080 },
      scoring: { path: "/score", port: 8080 },
    },
    liveness: { ...PROBE, initialDelayMs: 100 },
    // generous, since it is the limit of a start too, and machines may be busy
    readiness: { ...PROBE, failureThreshold: 200 },
    requestTimeoutMs: 5000,
    maxConcurrentRequests: 1,
    instances: 1,
    ...more,
  };
}

/** Whether a process is there and no zombie. */
export async function isAlive(pid: number): Promise<boolean> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "stat=", "-p", String(pid)] })
    .output();
  const stat = new TextDecoder().decode(stdout).trim();
  return stat !== "" && !stat.startsWith("Z");
}

/** Waits until a condition holds; fails after 10 s. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  for (const start = performance.now(); !await holds();) {
    if (performance.now() - start > 10_000) throw new Error(`It never came true that ${what}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}
