/** A stream of writes of every kind that Local Azure acknowledges, and how each is read again. */

import { Buffer } from "node:buffer";
import type { Json } from "lib/core/mod.ts";
import { blobDocuments } from "lib/azure/mod.ts";
import { updateDocument } from "lib/registry/mod.ts";
import { AT, isAbsent, type KillClients, taken } from "./kill_clients.ts";
import { endpointDraft } from "./control_host.ts";
import type { Found, Journal, Reader } from "./kill_journal.ts";

/** Draws a whole number below `below`. */
export type Draw = (below: number) => number;

/** One write of a worker; `id` is given once. Throws where it was cut off. */
type Step = (id: string) => Promise<unknown>;

const EXPERIMENT = "0"; // MLflow's default

/** Longest time that an operation may take after a restart, in milliseconds. */
const OPERATION_MS = 10_000;

/** Readers of all kinds. */
export function killReaders(clients: KillClients): Record<string, Reader> {
  const { ml, secrets, blobs, mlflow } = clients;
  const orAbsent = async (read: () => Promise<Found>): Promise<Found | undefined> => {
    try {
      return await read();
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  };
  const blobText: Reader = (name) =>
    orAbsent(async () => ({
      text: (await blobs.getBlobClient(name).downloadToBuffer()).toString(),
    }));

  return {
    model: (name) =>
      orAbsent(async () => {
        const { properties } = await ml.modelVersions.get(...AT, name, "1");
        return { text: JSON.stringify([properties.description, properties.tags?.round]) };
      }),
    environment: (name) =>
      orAbsent(async () => {
        const { properties } = await ml.environmentVersions.get(...AT, name, "1");
        return { text: `${properties.image} ${properties.tags?.round}` };
      }),
    endpoint: (name) =>
      orAbsent(async () => {
        for (const end = performance.now() + OPERATION_MS;;) {
          const { properties, tags } = await ml.onlineEndpoints.get(...AT, name);
          const state = properties.provisioningState!;
          if (/^(?:Succeeded|Failed|Canceled)$/.test(state) || performance.now() > end) {
            return { text: `${state} ${tags?.round}` };
          }
          await new Promise((done) => setTimeout(done, 20));
        }
      }),
    secret: (name) =>
      orAbsent(async () => {
        const versions = await Array.fromAsync(secrets.listPropertiesOfSecretVersions(name));
        const { value } = await secrets.getSecret(name);
        return { text: `${versions.length} ${value}` };
      }),
    async run(name) {
      const response = await mlflow("mlflow/runs/search", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ experiment_ids: [EXPERIMENT], filter: `tags.kill = '${name}'` }),
      });
      const { runs = [] } = await response.json();
      if (runs.length === 0) return undefined;
      const { info, data } = runs[0];
      const query = `run_id=${info.run_id}&metric_key=loss`;
      const history = await (await mlflow(`mlflow/metrics/get-history?${query}`)).json();
      const points = (history.metrics ?? []).map((point: { value: number }) => point.value);
      return {
        copies: runs.length,
        text: runText(info.status, points, (data.params ?? []).length, data.tags.length),
      };
    },
    async artifact(name) {
      const response = await mlflow(`mlflow-artifacts/artifacts/${name}`),
        text = await response.text();
      return response.ok ? { text } : undefined;
    },
    blob: blobText,
    append: blobText,
    alert: async (name) => {
      const found = await blobDocuments(clients).read(name);
      return found && { text: JSON.stringify(found.value) };
    },
  };
}

function runText(status: string, points: readonly number[], params: number, tags: number): string {
  return JSON.stringify({ status, points, params, tags });
}

/** Workers by name: each writes what it alone writes, one write after the other. */
export function killWorkers(
  clients: KillClients,
  journal: Journal,
  draw: Draw,
): Record<string, Step> {
  const { ml, secrets, blobs, mlflow } = clients, documents = blobDocuments(clients);
  const old = (kind: string): string | undefined => {
    const names = journal.names(kind);
    return names[draw(names.length || 1)];
  };
  const filled = (id: string, most: number) => `${id} ${"x".repeat(draw(most))}`;

  async function accepted(response: Response): Promise<Response> {
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return response;
  }
  const post = async (path: string, body: Json) =>
    await (await accepted(
      await mlflow(`mlflow/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    )).json();

  const ids = new Map<string, string>(); // of runs whose creation was answered
  return {
    async assets(id) {
      if (draw(2) === 0) {
        const name = draw(2) === 0 ? old("model") ?? `m-${id}` : `m-${id}`;
        const modelUri = "azureml://datastores/workspaceblobstore/paths/LocalUpload/1/model";
        const [description] = JSON.parse(journal.text("model", name) ?? `["of ${id}"]`);
        await journal.write(
          "model",
          name,
          JSON.stringify([description, id]),
          () =>
            ml.modelVersions.createOrUpdate(...AT, name, "1", {
              properties: { modelUri, description, tags: { round: id } },
            }),
        );
      } else {
        const name = `e-${id}`, image = `python:${id}`;
        await journal.write(
          "environment",
          name,
          `${image} ${id}`,
          () =>
            ml.environmentVersions.createOrUpdate(...AT, name, "1", {
              properties: { image, tags: { round: id } },
            }),
        );
      }
    },

    async endpoints(id) {
      const names = journal.names("endpoint"), kind = draw(4);
      const name = names[draw(names.length || 1)];
      if (kind === 0 && name !== undefined) {
        const poller = await journal.write(
          "endpoint",
          name,
          undefined,
          (acknowledge) => ml.onlineEndpoints.beginDelete(...AT, name, taken(acknowledge)),
        );
        return await poller.pollUntilDone();
      }
      const tags = { round: id }, text = `Succeeded ${id}`;
      if (kind === 1 && name !== undefined) {
        const poller = await journal.write(
          "endpoint",
          name,
          text,
          (acknowledge) =>
            ml.onlineEndpoints.beginUpdate(...AT, name, { tags }, taken(acknowledge)),
        );
        return await poller.pollUntilDone();
      }
      const target = names.length < 6 ? `ep-${id}`.replaceAll(".", "-") : name!;
      const poller = await journal.write(
        "endpoint",
        target,
        text,
        (acknowledge) =>
          ml.onlineEndpoints.beginCreateOrUpdate(
            ...AT,
            target,
            { ...endpointDraft(), tags },
            taken(acknowledge),
          ),
      );
      return await poller.pollUntilDone();
    },

    async secrets(id) {
      const name = draw(2) === 0 ? old("secret") ?? "s-0" : `s-${id.replaceAll(".", "-")}`;
      const versions = Number(journal.text("secret", name)?.split(" ")[0] ?? 0) + 1;
      await journal.write(
        "secret",
        name,
        `${versions} ${id}`,
        () => secrets.setSecret(name, id),
      );
    },

    async runs(id) {
      const name = old("run"), known = name === undefined ? undefined : ids.get(name);
      if (known === undefined || draw(3) === 0) {
        const { run } = await journal.write(
          "run",
          id,
          runText("RUNNING", [], 0, 2),
          () =>
            post("runs/create", {
              experiment_id: EXPERIMENT,
              start_time: 1,
              run_name: id,
              tags: [{ key: "kill", value: id }],
            }),
        );
        return void ids.set(id, run.info.run_id);
      }
      const { status, points, params, tags } = JSON.parse(journal.text("run", name!)!);
      if (draw(4) === 0) {
        return await journal.write(
          "run",
          name!,
          runText("FINISHED", points, params, tags),
          () => post("runs/update", { run_id: known, status: "FINISHED", end_time: 2 }),
        );
      }
      // one batch of points, a parameter and a tag: all of it is there, or none
      const more = Array.from({ length: 20 }, (_, i) => points.length + i);
      await journal.write(
        "run",
        name!,
        runText(status, [...points, ...more], params + 1, tags + 1),
        () =>
          post("runs/log-batch", {
            run_id: known,
            metrics: more.map((step) => ({ key: "loss", value: step, timestamp: step, step })),
            params: [{ key: `p-${id}`, value: id }],
            tags: [{ key: `t-${id}`, value: id }],
          }),
      );
    },

    async artifacts(id) {
      const name = draw(2) === 0 ? old("artifact") ?? `kill/${id}.txt` : `kill/${id}.txt`;
      const body = filled(id, 300_000);
      await journal.write(
        "artifact",
        name,
        body,
        async () =>
          void await (await accepted(
            await mlflow(`mlflow-artifacts/artifacts/${name}`, { method: "PUT", body }),
          )).body?.cancel(),
      );
    },

    async blobs(id) {
      const name = draw(3) === 0 ? old("blob") : undefined, target = name ?? `kill/${id}`;
      if (name !== undefined && draw(3) === 0) {
        return await journal.write(
          "blob",
          name,
          undefined,
          () => blobs.getBlobClient(name).delete(),
        );
      }
      const text = filled(id, draw(4) === 0 ? 300_000 : 3_000),
        blob = blobs.getBlockBlobClient(target);
      await journal.write("blob", target, text, async () => {
        if (draw(3) > 0) return void await blob.upload(text, text.length);
        const block = Buffer.from("block-1").toString("base64");
        await blob.stageBlock(block, text, text.length);
        await blob.commitBlockList([block]);
      });
    },

    async appends(id) {
      const name = `kill-append/${draw(3)}.jsonl`, before = journal.text("append", name);
      const blob = blobs.getAppendBlobClient(name), line = `${id}\n`;
      if (before === undefined) {
        return await journal.write("append", name, "", () => blob.create());
      }
      await journal.write("append", name, before + line, () => blob.appendBlock(line, line.length));
    },

    async alerts(id) {
      const name = `alerts/kill/${draw(4)}.json`;
      const after: Json = [...JSON.parse(journal.text("alert", name) ?? "[]"), id];
      await journal.write(
        "alert",
        name,
        JSON.stringify(after),
        () => updateDocument(documents, name, (found) => [...(found ?? []) as Json[], id]),
      );
    },
  };
}
