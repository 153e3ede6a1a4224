/** What a rollout does to the world: an endpoint in Azure, its log, and what its callers saw. */

import { getMirrorTraffic, listDeployments, setMirrorTraffic } from "lib/azure/mod.ts";
import { BadInput, type Samples, stream } from "lib/core/mod.ts";
import { stageScene } from "lib/data/mod.ts";
import { countLatency, DEFAULT_ROLLOUT_POLICY, type RolloutPolicy } from "lib/experiment/mod.ts";
import type { Model } from "lib/model/mod.ts";
import type { ScoredWindow } from "lib/monitoring/mod.ts";
import { createInferenceLog, type InferenceLog } from "./inference_log.ts";
import type { LiveEndpoint } from "./live.ts";
import { modelOfDeployment, moveTraffic } from "./production.ts";
import { readBack } from "./read_back.ts";
import type { RolloutPort } from "./rollout.ts";
import { mirroredPairs, offlinePairs } from "./rollout_pairs.ts";
import type { RolloutPlan, RolloutStep } from "./rollout_record.ts";
import { simulate } from "./simulate.ts";
import { nextStory, WINDOW_MINUTES } from "./story.ts";
import { type BlobTail, tailBlobs } from "./tail_blobs.ts";
import { readVersion } from "./version_on.ts";
import type { Workspace } from "./workspace.ts";

/** What {@linkcode rolloutPort} needs to know. */
export interface RolloutPortOptions {
  /** The endpoint, and how it is asked. */
  readonly live: Pick<LiveEndpoint, "name" | "url" | "key">;
  /** The rollout. */
  readonly plan: Pick<RolloutPlan, "id" | "blue" | "green" | "policy">;
  /** Rows that callers draw from. */
  readonly samples: Samples;
  /** Draws them. */
  readonly seed: number;
  /** Whose rollout, for production's history, e.g. `notebook 05`. */
  readonly by: string;
}

/** Rows of a look that both answer: with one label in ten missing, a twin is shown to be one. */
const PAIRS = 240;

/** Most requests of a look: the service takes 500 a second, and a look shall be over in one. */
const MOST_REQUESTS = 420;

/** More requests than green needs on average, since chance decides how many it gets. */
const SPARE = 1.4;

/**
 * An endpoint as a rollout sees it.
 *
 * Each look plays one window of traffic and reads back all that the step has shown so far. A window's
 * rows follow from rollout, step and look, and so do their ids: a driver that takes over sends what its
 * predecessor had sent and not yet written down, and no row counts twice.
 *
 * **Quality.** While traffic is mirrored, both deployments have answered the copied rows, and the two
 * logs join by correlation id. Afterwards a row has one answer, so the logged rows are given to both
 * models offline: each is a pair again. Some hundred pairs say what a comparison of two groups, one of
 * them a tenth, would need thousands for. It rests on the smoke test, by which a deployment answers as
 * its model does offline.
 *
 * **Errors and latency.** From the callers' records; a request counts as failed with 5xx, 424 or no
 * answer. Nobody sees what a copy was answered, so while traffic is mirrored green is asked as often
 * as blue, past the traffic rules and with rows of its own. What fails without a deployment's name
 * counts for neither; then green's requests stay too few, and the step waits.
 *
 * @param workspace Where the endpoint is.
 * @param options See {@linkcode RolloutPortOptions}.
 * @returns The port.
 * @throws {BadInput} If one of the deployments is not there.
 *
 * @example
 * ```ts ignore
 * const port = await rolloutPort(workspace, { live, plan, samples: parts.holdout, seed: 7, by: "notebook 05" });
 * const record = await runRollout(plan, { store: blobDocuments(workspace.azure), port });
 * ```
 */
export async function rolloutPort(
  workspace: Workspace,
  { live, plan, samples, seed, by }: RolloutPortOptions,
): Promise<RolloutPort> {
  const { azure } = workspace, { id, blue, green, policy = DEFAULT_ROLLOUT_POLICY } = plan;
  const endpoint = live.name, signature = { inputs: samples.features, classes: samples.classes };
  const models = await modelsOf(workspace, { endpoint, blue, green });
  const begun = new Map<string, string>(); // steps whose first look was ours: nothing of them is older

  /** Plays the window of a look; its rows follow from the prefix and the number. */
  async function play(
    idPrefix: string,
    { look, requests, rows, deployment, signal }: Size & {
      look: number;
      deployment?: string;
      signal?: AbortSignal;
    },
  ): Promise<void> {
    const scene = stageScene(samples, {
      ...{ scene: "none", windows: look, rowsPerWindow: rows, idPrefix, noise: 0 },
      seed: stream(seed, idPrefix).integer(2 ** 31),
    });
    const windowMs = WINDOW_MINUTES * 60_000;
    const { begin } = await nextStory(workspace, { endpoint, title: id });
    if (look === 1) begun.set(idPrefix, begin);
    await simulate(workspace, {
      ...{ endpoint, url: live.url, key: await live.key(), deployment, scene, signal },
      begin: new Date(Date.parse(begin) - (look - 1) * windowMs).toISOString(),
      windowMinutes: WINDOW_MINUTES,
      only: { from: look, to: look },
      batchRows: Math.max(1, Math.floor(rows / requests)),
    });
  }

  return {
    ...(workspace.telemetry && { telemetry: workspace.telemetry }),
    async setTraffic(traffic) {
      const shares = Object.entries(traffic).map(([name, share]) => `${name} ${share} %`);
      const reason = `rollout ${id}: ${shares.join(", ")}`;
      await moveTraffic(workspace, { endpoint, traffic, by, reason });
    },

    async setMirror(mirror, signal) {
      const now = await getMirrorTraffic(azure, endpoint), names = Object.keys(mirror);
      const isSo = names.length === Object.keys(now).length &&
        names.every((name) => now[name] === mirror[name]);
      if (!isSo) await setMirrorTraffic(azure, endpoint, mirror, { signal });
    },

    async observe(step, { look, since, signal }) {
      const prefix = `${id}-m${step.mirror}g${step.green}`, probes = `${prefix}.probe`;
      const size = sizeOf(step, policy);
      const read = async (idPrefix: string, deployment: string) => {
        const story = { idPrefix, startedAt: since, begin: begun.get(idPrefix) ?? since };
        const of = { endpoint, deployment, signature, signal, story };
        return (await readBack(workspace, of)).windows;
      };
      await play(prefix, { look, signal, ...size });
      if (step.mirror > 0) {
        await play(probes, { look, deployment: green, signal, ...size });
        const [blues, greens] = await Promise.all([read(prefix, blue), read(probes, green)]);
        const copies = createInferenceLog(signature, (id) => id.startsWith(`${prefix}-`));
        const folder = `modelDataCollector/${endpoint}/${green}/`;
        await readAll(copies, tailBlobs(workspace, folder, { writtenSince: new Date(since) }));
        const quality = mirroredPairs(blues, (id) => copies.row(green, id)?.label);
        return { quality, ...serviceOf(blues, greens, { shareGreen: 0.5, policy }) };
      }
      const [blues, greens] = await Promise.all([read(prefix, blue), read(prefix, green)]);
      const quality = offlinePairs([...blues, ...greens], models);
      return { quality, ...serviceOf(blues, greens, { shareGreen: step.green / 100, policy }) };
    },
  };
}

/** Wait between two looks at the copies, in milliseconds, and the most of them. */
const COPIES_MS = 200, COPIES_LOOKS = 15;

/** Reads the copies until no more come: nobody knows how many were sent, since callers do not see them. */
async function readAll(copies: InferenceLog, tail: BlobTail): Promise<void> {
  for (let look = 0, known = 0; look < COPIES_LOOKS; look++) {
    (await tail.look()).forEach((line) => copies.add(line));
    const count = [...copies.ids()].length;
    if (count > 0 && count === known) return;
    known = count;
    await new Promise((resolve) => setTimeout(resolve, COPIES_MS));
  }
}

/** How much traffic a look plays. */
interface Size {
  readonly requests: number;
  readonly rows: number;
}

/** Enough for green's requests, and for pairs. */
function sizeOf({ green, mirror }: RolloutStep, { minRequests }: RolloutPolicy): Size {
  const share = mirror > 0 ? 1 : Math.max(1, green) / 100; // a mirror's probes are all green's
  const requests = Math.min(MOST_REQUESTS, Math.ceil(SPARE * minRequests / share));
  const rows = mirror > 0 ? PAIRS * 100 / mirror : PAIRS;
  return { requests, rows: Math.max(requests, Math.ceil(rows)) };
}

/** Requests, failures and latencies of both. */
function serviceOf(
  blues: readonly ScoredWindow[],
  greens: readonly ScoredWindow[],
  { shareGreen, policy }: { shareGreen: number; policy: RolloutPolicy },
) {
  const status = (windows: readonly ScoredWindow[]) =>
    windows.flatMap(({ requests }) => [...requests.status]);
  const counts = (windows: readonly ScoredWindow[]) => {
    const all = status(windows);
    return { rows: all.length, errors: all.filter((code) => code >= 500 || code === 424).length };
  };
  const times = (windows: readonly ScoredWindow[]) =>
    windows.flatMap(({ requests }) =>
      [...requests.ms].filter((_, i) => requests.status[i] === 200)
    );
  return {
    requests: { shareGreen, blue: counts(blues), green: counts(greens) },
    latency: countLatency({ blueMs: times(blues), greenMs: times(greens) }, policy.latency),
  };
}

/** The models behind two deployments, read from the registry's bytes. */
async function modelsOf(
  workspace: Workspace,
  { endpoint, blue, green }: { endpoint: string; blue: string; green: string },
): Promise<{ blue: Model; green: Model }> {
  const deployments = await listDeployments(workspace.azure, endpoint);
  const model = async (name: string) => {
    const found = deployments.find((one) => one.name === name);
    if (!found) {
      const rule = "must be deployed";
      throw new BadInput({ field: "deployment of a rollout", rule, value: name });
    }
    const of = modelOfDeployment(found);
    return await readVersion(workspace, await workspace.registry.version(of.name, of.version));
  };
  const [one, other] = await Promise.all([model(blue), model(green)]);
  return { blue: one, green: other };
}
