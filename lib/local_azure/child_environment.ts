/** The environment of a deployment's program: named variables, and nothing of this process's own. */

import type { Dockerfile } from "./dockerfile.ts";
import { imagePath } from "./image_path.ts";
import { DeploymentError, type DeploymentSpec } from "./runtime.ts";

/** What {@linkcode childEnvironment} needs to know. */
export interface EnvironmentPlace {
  /** The folder that stands for the image's `/`. */
  readonly root: string;
  /** The port that the child listens on. */
  readonly port: number;
  /** Local Azure's port. */
  readonly localPort: number;
  /** What `AZUREML_MODEL_DIR` names, if there is a model. */
  readonly modelDir: string | undefined;
  /** Deno's own folder; undefined to leave it to the image. */
  readonly denoDir: string | undefined;
  /** Whether the image has a `package.json` of its own. */
  readonly hasPackageJson: boolean;
}

/**
 * The environment: the Dockerfile's `ENV`, over it the deployment's variables, over them what the
 * service sets. What Azure has no need of, and a program on this machine has, is the last group.
 *
 * @param dockerfile Its `ENV`.
 * @param spec Its variables.
 * @param place See {@linkcode EnvironmentPlace}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { childEnvironment } from "lib/local_azure/child_environment.ts";
 *
 * const place = {
 *   ...{ root: "/r", port: 4000, localPort: 7070, modelDir: "/r/m", denoDir: "/d", hasPackageJson: false },
 * };
 * const env = childEnvironment({ env: { A: "1", B: "1" } }, { environmentVariables: { B: "2", PORT: "9" } }, place);
 * assert.deepEqual([env.A, env.B, env.PORT, env.AZUREML_MODEL_DIR], ["1", "2", "4000", "/r/m"]);
 * ```
 */
export function childEnvironment(
  dockerfile: Pick<Dockerfile, "env">,
  spec: Pick<DeploymentSpec, "environmentVariables">,
  place: EnvironmentPlace,
): Record<string, string> {
  const { root, port, localPort, modelDir, denoDir, hasPackageJson } = place;
  return {
    ...dockerfile.env,
    ...spec.environmentVariables,

    AML_APP_ROOT: imagePath(root, "/", "/var/azureml-app"),
    ...modelDir === undefined ? {} : { AZUREML_MODEL_DIR: modelDir },
    IDENTITY_ENDPOINT: `http://127.0.0.1:${localPort}/msi/token`,
    IDENTITY_HEADER: "local",

    HOST: "127.0.0.1",
    PORT: String(port),
    TMPDIR: imagePath(root, "/", "/tmp"),
    AZURE_EMULATOR: `http://127.0.0.1:${localPort}`,
    AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
    APPLICATION_INSIGHTS_NO_STATSBEAT: "1",
    APPLICATIONINSIGHTS_STATSBEAT_DISABLED: "true",
    ...denoDir === undefined ? {} : { DENO_DIR: denoDir },
    DENO_NO_UPDATE_CHECK: "1",
    NO_COLOR: "1",
    ...hasPackageJson ? {} : { DENO_NO_PACKAGE_JSON: "1" },
  };
}

/** Variables with which a program would get more than a container gives it: not on this machine. */
const REFUSED = /^(?:LD_|DYLD_|DENO_PERMISSION)/;

/**
 * Refuses variables that cannot be set, or may not be.
 *
 * @param variables Name → value.
 * @throws {DeploymentError} `BadArgument`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkVariables } from "lib/local_azure/child_environment.ts";
 *
 * checkVariables({ GREETING: "hello" });
 * assert.throws(() => checkVariables({ LD_PRELOAD: "x.so" }), /LD_PRELOAD cannot be set/);
 * ```
 */
export function checkVariables(variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) {
    const isName = /^[A-Za-z_][\w.-]*$/.test(name) && !REFUSED.test(name);
    if (isName && !value.includes("\0")) continue;
    throw new DeploymentError("BadArgument", `Environment variable ${name} cannot be set`);
  }
}
