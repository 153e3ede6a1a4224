/**
 * A cloud for workflows that run under act: a Local Azure that outlives the jobs, an Entra in it that
 * lets in one GitHub environment only, and a GitHub that gives the jobs their ID tokens.
 *
 * Jobs take the cloud's own path to it (`MLOPS_TARGET=cloud`); `MLOPS_EMULATOR_PORT` is all that is
 * different. What one job makes there, the next one finds, as on Azure.
 */

import { LOCAL_WORKSPACE } from "lib/azure/mod.ts";
import { openLocalAzure } from "lib/local_azure/mod.ts";
import { PARTS } from "lib/local_azure/real_parts.ts";
import { entraService, type FakeJob, idToken, makeKeys } from "../azure/fake_github.ts";

const TENANT = "11111111-1111-1111-1111-111111111111";
const CLIENT = "33333333-3333-3333-3333-333333333333";

/** The subject that Entra trusts; in the form that GitHub gives to new repositories. */
export const TRUSTED = "repo:octo@1/mlops@2:environment:production";

/** A cloud that runs. */
export interface Cloud {
  /** The job as GitHub sees it; its subject may be changed. */
  readonly job: FakeJob;
  /** Port of the Local Azure that plays Azure. */
  readonly port: number;
  /** What a repository's settings hold. */
  readonly vars: Readonly<Record<string, string>>;
  /** What a runner adds to a job with the right to an ID token. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends it. */
  close(): Promise<void>;
}

/** Opens a cloud. */
export async function openCloud(): Promise<Cloud> {
  const folder = await Deno.makeTempDir({ prefix: "cloud-" }), keys = await makeKeys();
  const job: FakeJob = { subject: TRUSTED, requestToken: "request-token-of-the-job", given: 0 };
  const trust = { tenant: TENANT, client: CLIENT, subject: TRUSTED };
  const local = await openLocalAzure({
    ...{ folder, port: 0 },
    parts: {
      ...PARTS,
      createServices: (inside, options) => [
        ...PARTS.createServices(inside, options),
        entraService(trust, keys, (resource) => inside.tokens.mint(resource).token),
      ],
    },
  });
  const github = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    (request) => idToken(request, job, keys),
  );
  return {
    job,
    port: local.port,
    vars: {
      AZURE_CLIENT_ID: CLIENT,
      AZURE_TENANT_ID: TENANT,
      AZURE_SUBSCRIPTION_ID: LOCAL_WORKSPACE.subscriptionId,
      AZURE_RESOURCE_GROUP: LOCAL_WORKSPACE.resourceGroup,
      AZURE_ML_WORKSPACE: LOCAL_WORKSPACE.workspace,
    },
    env: {
      MLOPS_EMULATOR_PORT: String(local.port),
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${github.addr.port}/idtoken?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: job.requestToken,
    },
    async close() {
      await local.close();
      await github.shutdown();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
