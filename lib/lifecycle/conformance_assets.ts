/** What the contract says of the workspace and of its assets. */

import { uploadFolder } from "lib/azure/mod.ts";
import { type Assertion, codeOf, type Context } from "./conformance_context.ts";
import { CHECK_ROUTES, checkContext } from "./conformance_container.ts";

const encoder = new TextEncoder();

/** The four datastores that every workspace has. */
const FOUR = [
  ...["workspaceartifactstore", "workspaceblobstore"],
  ...["workspacefilestore", "workspaceworkingdirectory"],
];

/** Assertions that cost nothing. */
export const ASSET_ASSERTIONS: readonly Assertion[] = [
  {
    name: "workspace: its tracking URI",
    section: "§5",
    expected: "azureml: at the region's host, /mlflow/v1.0 and the workspace's id",
    async see({ raw }) {
      const { body: { id, location, properties: { mlFlowTrackingUri: uri } } } = await raw(
        "GET",
        "",
      );
      const host = `azureml://${location}.api.azureml.ms/mlflow/v1.0`;
      const isHere = String(uri).toLowerCase() === `${host}${id}`.toLowerCase();
      return isHere ? this.expected : "another address";
    },
  },
  {
    name: "answers carry the request's ids",
    section: "§0",
    expected: "x-ms-request-id, x-ms-correlation-request-id, x-ms-response-type standard",
    async see({ raw }) {
      const { headers } = await raw("GET", "");
      const ids = ["x-ms-request-id", "x-ms-correlation-request-id"];
      const seen = ids.filter((name) => headers.has(name));
      const type = headers.get("x-ms-response-type");
      return [...seen, `x-ms-response-type ${type}`].join(", ");
    },
  },
  {
    name: "something that is not there",
    section: "§0",
    expected: "404 ResourceNotFound, x-ms-failure-cause gateway",
    async see({ raw, names }) {
      const answer = await raw("GET", `/onlineEndpoints/${names.endpoint}-not`);
      const cause = answer.headers.get("x-ms-failure-cause");
      return `${codeOf(answer)}, x-ms-failure-cause ${cause}`;
    },
  },
  {
    name: "datastores of a fresh workspace",
    section: "§1 Datastores",
    expected: FOUR.join(", "),
    async see({ raw }) {
      const { body } = await raw("GET", "/datastores?count=100");
      const names = body.value.map(({ name }: { name: string }) => name);
      return FOUR.filter((name) => names.includes(name)).join(", ");
    },
  },
  {
    name: "the default datastore shows no key",
    section: "§1 Datastores",
    expected: "AzureBlob, default, container azureml-blobstore-ID, AccountKey alone",
    async see({ raw }) {
      const { body: { properties } } = await raw("GET", "/datastores/workspaceblobstore");
      const { datastoreType, isDefault, containerName, credentials } = properties;
      const { body } = await raw("GET", ""), { workspaceId } = body.properties;
      const container = String(containerName).replace(workspaceId, "ID");
      const kind = credentials.credentialsType;
      const alone = Object.keys(credentials).length === 1 ? `${kind} alone` : `${kind} and more`;
      return `${datastoreType}, ${
        isDefault ? "default" : "not default"
      }, container ${container}, ${alone}`;
    },
  },
  {
    name: "model: the first PUT makes it, the second changes it",
    section: "§1 Models",
    expected: "201 with Location, then 200",
    async see(context) {
      const { uri } = await upload(context, {
        name: "model",
        files: { "model.json": encoder.encode("{}") },
      });
      const path = modelPath(context, "1");
      const first = await context.raw("PUT", path, model(uri));
      context.made.modelId = first.body?.id;
      const again = await context.raw("PUT", path, model(uri, { tags: { again: "yes" } }));
      const located = first.headers.has("location") ? " with Location" : "";
      return `${first.status}${located}, then ${again.status}`;
    },
  },
  {
    name: "model: its files cannot be exchanged",
    section: "§1 Models",
    expected: "refused: UserError",
    async see(context) {
      const { uri } = await upload(context, {
        name: "model",
        files: { "model.json": encoder.encode('{"other":1}') },
      });
      return refusal(await context.raw("PUT", modelPath(context, "1"), model(uri)));
    },
  },
  {
    name: "model: a version is a number",
    section: "§1 Models",
    expected: "refused: 400",
    async see(context) {
      const { body } = await context.raw("GET", modelPath(context, "1"));
      const sent = model(body.properties.modelUri);
      const { status } = await context.raw("PUT", modelPath(context, "one"), sent);
      return status < 400 ? `accepted: ${status}` : `refused: ${status}`;
    },
  },
  {
    name: "model: archived ones are left out of lists",
    section: "§1 Models",
    expected: "ActiveOnly 1, All 2",
    async see(context) {
      const { body } = await context.raw("GET", modelPath(context, "1"));
      const archived = model(body.properties.modelUri, { isArchived: true });
      await context.raw("PUT", modelPath(context, "2"), archived);
      const count = async (query: string) =>
        (await context.raw("GET", `/models/${context.names.asset}/versions${query}`)).body.value
          .length;
      return `ActiveOnly ${await count("")}, All ${await count("?listViewType=All")}`;
    },
  },
  {
    name: "lists: the next page has an absolute address",
    section: "§0",
    expected: "https://management.azure.com/…",
    async see({ raw, names }) {
      const { body } = await raw("GET", `/models/${names.asset}/versions?listViewType=All&$top=1`);
      const next = String(body.nextLink ?? "none");
      return next.replace(/^(https:\/\/management\.azure\.com\/).*$/, "$1…");
    },
  },
  {
    name: "data: a version is any text, its address stays",
    section: "§1 Models",
    expected: "201, then refused",
    async see(context) {
      const path = `/data/${context.names.asset}/versions/first-rows`;
      const data = (folder: string) => ({
        properties: {
          dataType: "uri_folder",
          dataUri: `azureml://datastores/workspaceblobstore/paths/${folder}`,
        },
      });
      const first = await context.raw("PUT", path, data("conformance/a"));
      const other = await context.raw("PUT", path, data("conformance/b"));
      return `${first.status}, then ${
        other.status < 400 ? `accepted: ${other.status}` : "refused"
      }`;
    },
  },
  {
    name: "environment: what the service fills in",
    section: "§1 Environments",
    expected: "201, UserCreated, Linux",
    async see(context) {
      const { url } = await upload(context, {
        name: "context",
        files: checkContext(),
      });
      const { status, body } = await context.raw("PUT", environmentPath(context), environment(url));
      context.made.environmentId = body?.id;
      const { environmentType, osType } = body?.properties ?? {};
      return `${status}, ${environmentType}, ${osType}`;
    },
  },
  {
    name: "environment: it cannot be changed",
    section: "§1 Environments",
    expected: "refused: UserError",
    async see(context) {
      const { body } = await context.raw("GET", environmentPath(context));
      const other = environment(`${body.properties.build.contextUri}other/`);
      return refusal(await context.raw("PUT", environmentPath(context), other));
    },
  },
  {
    name: "assets: deleting what is not there",
    section: "§1 table",
    expected: "204",
    async see(context) {
      return String((await context.raw("DELETE", modelPath(context, "99"))).status);
    },
  },
];

/** Uploads a folder, and remembers it, so that it can be removed. */
async function upload(context: Context, folder: Parameters<typeof uploadFolder>[1]) {
  const uploaded = await uploadFolder(context.workspace.azure, folder);
  for (const file of Object.keys(folder.files)) context.blobs.push(`${uploaded.path}/${file}`);
  return uploaded;
}

const modelPath = ({ names }: Context, version: string) =>
  `/models/${names.asset}/versions/${version}`;
const environmentPath = ({ names }: Context) => `/environments/${names.asset}/versions/1`;

function model(modelUri: string, more: object = {}) {
  return { properties: { modelUri, modelType: "custom_model", ...more } };
}

function environment(contextUri: string) {
  const route = (path: string) => ({ path, port: CHECK_ROUTES.port });
  const inferenceConfig = {
    livenessRoute: route(CHECK_ROUTES.liveness),
    readinessRoute: route(CHECK_ROUTES.readiness),
    scoringRoute: route(CHECK_ROUTES.scoring),
  };
  const build = { contextUri, dockerfilePath: "Dockerfile" };
  return { properties: { build, inferenceConfig, osType: "Linux" } };
}

function refusal({ status, body }: Awaited<ReturnType<Context["raw"]>>): string {
  return status < 400 ? `accepted: ${status}` : `refused: ${body?.error?.code ?? status}`;
}
