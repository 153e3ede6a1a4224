/** A deployment that is made, changed and removed while Local Azure dies; its answers tell which it is. */

import { AT, isAbsent, type KillClients, taken } from "./kill_clients.ts";
import { deploymentDraft, endpointDraft } from "./control_host.ts";
import type { Journal, Reader } from "./kill_journal.ts";
import type { Draw } from "./kill_writes.ts";

const ENDPOINT = "kill-deploys", NAMES = ["blue", "green"];

const SERVER = `
const { PORT, HOST, MARK } = Deno.env.toObject();
Deno.serve({ hostname: HOST, port: Number(PORT), onListen() {} }, (request) =>
  new Response(new URL(request.url).pathname === "/score" ? MARK : "ok"));`;

const DOCKERFILE = `
FROM denoland/deno:2.9.6
WORKDIR /app
COPY server.js ./
CMD ["deno", "run", "--allow-net", "--allow-env", "server.js"]
`;

const PROBE = { initialDelay: "PT0S", period: "PT0.1S", timeout: "PT1S", failureThreshold: 100 };

/** Longest time after a restart until an operation has ended, in milliseconds. */
const OPERATION_MS = 20_000;

/** What the deploy's phase works with. */
export interface Deploys {
  /** Reader of `deployment NAME`: its mark as the endpoint answers it, or its state. */
  readonly reader: Reader;
  /** The upload, the registration and the endpoint, all of which may be done again. */
  prepare(): Promise<void>;
  /** One write: PUT, change or removal of a deployment. Throws where it was cut off. */
  step(id: string): Promise<void>;
  /** Longest wait for an operation after a restart, so far, in milliseconds. */
  readonly longestMs: number;
}

/** Opens it; `journal()` is asked late, since the journal needs the reader. */
export function openDeploys(clients: KillClients, journal: () => Journal, draw: Draw): Deploys {
  const { ml, blobs, call } = clients;
  let longestMs = 0, scoring: { url: string; key: string } | undefined;

  async function answerOf(name: string): Promise<string> {
    const response = await call(scoring!.url, {
      method: "POST",
      headers: {
        authorization: `Bearer ${scoring!.key}`,
        "content-type": "application/json",
        "azureml-model-deployment": name,
      },
      body: "[]",
    });
    const text = await response.text();
    return response.ok ? text : `${response.status} ${text}`;
  }

  /** The state once nothing is going on any more. */
  async function settled(name: string): Promise<string> {
    for (const began = performance.now();;) {
      const { properties } = await ml.onlineDeployments.get(...AT, ENDPOINT, name);
      const ms = performance.now() - began, state = properties.provisioningState!;
      if (/^(?:Succeeded|Failed|Canceled)$/.test(state) || ms > OPERATION_MS) {
        longestMs = Math.max(longestMs, ms);
        return state;
      }
      await new Promise((done) => setTimeout(done, 20));
    }
  }

  return {
    get longestMs() {
      return longestMs;
    },
    async reader(name) {
      try {
        // what answered before the kill answers again though nobody asked for it: asked first, with
        // nothing known of operations
        const state = await settled(name);
        return { text: state === "Succeeded" ? await answerOf(name) : state };
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw error;
      }
    },
    async prepare() {
      const upload = (name: string, text: string) =>
        blobs.getBlockBlobClient(`LocalUpload/kill/${name}`).upload(text, text.length);
      await upload("app/Dockerfile", DOCKERFILE);
      await upload("app/server.js", SERVER);
      await upload("model/model.json", "{}");
      const route = (path: string) => ({ path, port: 8080 });
      await ml.environmentVersions.createOrUpdate(...AT, "env", "1", {
        properties: {
          build: { contextUri: `${blobs.url}/LocalUpload/kill/app/` },
          inferenceConfig: {
            livenessRoute: route("/live"),
            readinessRoute: route("/ready"),
            scoringRoute: route("/score"),
          },
        },
      });
      await ml.modelVersions.createOrUpdate(...AT, "iris", "1", {
        properties: {
          modelUri: "azureml://datastores/workspaceblobstore/paths/LocalUpload/kill/model",
        },
      });
      await ml.onlineEndpoints.beginCreateOrUpdateAndWait(...AT, ENDPOINT, endpointDraft());
      const { primaryKey } = await ml.onlineEndpoints.listKeys(...AT, ENDPOINT);
      const { scoringUri } = (await ml.onlineEndpoints.get(...AT, ENDPOINT)).properties;
      scoring = {
        url:
          new URL("/score", scoringUri ?? `https://${ENDPOINT}.eastus.inference.ml.azure.com`).href,
        key: primaryKey!,
      };
    },
    async step(id) {
      const name = NAMES[draw(NAMES.length)],
        isThere = journal().names("deployment").includes(name);
      if (isThere && draw(4) === 0) {
        const poller = await journal().write(
          "deployment",
          name,
          undefined,
          (acknowledge) =>
            ml.onlineDeployments.beginDelete(...AT, ENDPOINT, name, taken(acknowledge)),
        );
        return void await poller.pollUntilDone();
      }
      const poller = await journal().write(
        "deployment",
        name,
        id,
        (acknowledge) =>
          ml.onlineDeployments.beginCreateOrUpdate(
            ...AT,
            ENDPOINT,
            name,
            deploymentDraft({
              livenessProbe: PROBE,
              readinessProbe: PROBE,
              environmentVariables: { MARK: id },
            }) as never,
            taken(acknowledge),
          ),
      );
      await poller.pollUntilDone();
    },
  };
}
