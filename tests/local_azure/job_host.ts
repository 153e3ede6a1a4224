/** A real Local Azure in this process that runs jobs, and the SDKs on it. */

import { AzureMachineLearningWorkspaces } from "@azure/arm-machinelearning";
import type { TokenCredential } from "@azure/identity";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { openLocalAzure, type RunningLocalAzure, type RuntimeName } from "lib/local_azure/mod.ts";
import { ACCOUNT, ACCOUNT_KEY } from "lib/local_azure/storage_account.ts";
import { GROUP, HOME, SUBSCRIPTION, WORKSPACE } from "./control_host.ts";
import { emulatorTransport } from "./emulator_transport.ts";

/** What the tests work with. */
export interface JobHost extends AsyncDisposable {
  readonly local: RunningLocalAzure;
  readonly base: string;
  readonly folder: string;
  readonly ml: AzureMachineLearningWorkspaces;
  /** Uploads files below a folder of the default datastore; its `https://` URL. */
  upload(folder: string, files: Record<string, string>): Promise<string>;
  /** A blob's text; undefined if there is none. */
  read(container: string, name: string): Promise<string | undefined>;
  /** The default datastore's container. */
  readonly container: string;
  /** Registers code; its id. */
  code(name: string, files: Record<string, string>): Promise<string>;
  /**
   * PUTs a job as the REST reference has it; its state. The JavaScript SDK 2.1.1 leaves out the `uri` of
   * inputs and outputs, as its mappers do not know them for kinds of `JobInput`.
   */
  put(job: string, properties: object): Promise<string>;
  /** The job's log as it stands in Blob. */
  log(job: string): Promise<string>;
  /** Waits until a job has ended, or is in that state; its properties. */
  // deno-lint-ignore no-explicit-any -- tests look into it
  until(job: string, state?: string): Promise<any>;
}

const ENDED = ["Completed", "Failed", "Canceled"];

/** Opens one, in a folder of its own or in that one. */
export async function hostJobs(
  { folder: given, ...more }: { folder?: string; runtime?: RuntimeName; idleMs?: number } = {},
): Promise<JobHost> {
  const folder = given ?? await Deno.makeTempDir({ prefix: "local-azure-jobs-" });
  const local = await openLocalAzure({ folder, port: 0, ...more });
  const base = `http://127.0.0.1:${local.port}`, sdk = { httpClient: emulatorTransport(base) };
  const credential: TokenCredential = {
    async getToken(scopes) {
      const resource = encodeURIComponent([scopes].flat()[0].replace(/\/\.default$/, ""));
      const url = `${base}/msi/token?api-version=2019-08-01&resource=${resource}`;
      const response = await fetch(url, { headers: { "x-identity-header": "any" } });
      const { access_token: token } = await response.json();
      return { token, expiresOnTimestamp: Date.now() }; // a fresh one each time: clocks move
    },
  };
  const options = { ...sdk, updateIntervalInMs: 20 } as never;
  const ml = new AzureMachineLearningWorkspaces(credential, SUBSCRIPTION, options);
  const blobs = new BlobServiceClient(
    `https://${ACCOUNT}.blob.core.windows.net`,
    new StorageSharedKeyCredential(ACCOUNT, ACCOUNT_KEY),
    sdk,
  );
  const { properties } = await ml.datastores.get(GROUP, WORKSPACE, "workspaceblobstore");
  const container = (properties as { containerName?: string }).containerName!;

  const read: JobHost["read"] = async (container, name) => {
    const blob = blobs.getContainerClient(container).getBlobClient(name);
    if (!await blob.exists()) return undefined;
    return (await blob.downloadToBuffer()).toString();
  };
  const upload: JobHost["upload"] = async (folder, files) => {
    const client = blobs.getContainerClient(container);
    for (const [name, text] of Object.entries(files)) {
      const bytes = new TextEncoder().encode(text);
      await client.getBlockBlobClient(`${folder}/${name}`).uploadData(bytes);
    }
    return `${client.url}/${folder}`;
  };
  const log = async (job: string) =>
    await read("azureml", `ExperimentRun/dcid.${job}/user_logs/std_log.txt`) ?? "";
  const client = Deno.createHttpClient({ allowHost: true }); // fetch does not set Host otherwise
  return {
    async put(job, properties) {
      const { token } = (await credential.getToken("https://management.azure.com/.default"))!;
      const response = await fetch(`${base}${HOME}/jobs/${job}?api-version=2022-10-01`, {
        method: "PUT",
        headers: {
          ...{ "host": "management.azure.com", "content-type": "application/json" },
          authorization: `Bearer ${token}`,
        },
        body: JSON.stringify({ properties }),
        client,
      });
      const body = await response.json();
      if (!response.ok) throw new Error(`${response.status}: ${body.error.message}`);
      return body.properties.status;
    },
    ...{ local, base, folder, ml, upload, read, container, log },
    async code(name, files) {
      const codeUri = await upload(`LocalUpload/${name}/src`, files);
      await ml.codeVersions.createOrUpdate(GROUP, WORKSPACE, name, "1", {
        properties: { codeUri },
      });
      return `${HOME}/codes/${name}/versions/1`;
    },
    async until(job, state) {
      for (const since = performance.now(); performance.now() - since < 30_000;) {
        const { properties } = await ml.jobs.get(GROUP, WORKSPACE, job);
        const { status } = properties;
        if (state ? status === state : ENDED.includes(status!)) return properties;
        if (ENDED.includes(status!)) throw new Error(`${job} is ${status}: ${await log(job)}`);
        await new Promise((done) => setTimeout(done, 25));
      }
      throw new Error(`${job} did not come to ${state ?? "its end"}: ${await log(job)}`);
    },
    async [Symbol.asyncDispose]() {
      client.close();
      await local.close();
      if (given === undefined) await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Registers environment `deno:1`, an image that this machine's Deno stands for; its id. */
export async function denoEnvironment({ ml }: JobHost): Promise<string> {
  await ml.environmentVersions.createOrUpdate(GROUP, WORKSPACE, "deno", "1", {
    properties: { image: "denoland/deno:2.9.6" },
  });
  return `${HOME}/environments/deno/versions/1`;
}
