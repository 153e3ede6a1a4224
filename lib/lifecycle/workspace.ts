/** The workspace with everything that the verbs of the later chapters need of it. */

import {
  type Azure,
  blobDocuments,
  findConnectionString,
  openAzure,
  openMonitor,
} from "lib/azure/mod.ts";
import { createRegistry, type Registry } from "lib/registry/mod.ts";
import { createTracking, type Tracking } from "lib/tracking/mod.ts";
import { fromCheckout } from "./paths.ts";
import { createTelemetry, type Telemetry } from "./telemetry.ts";

/** An open workspace. */
export interface Workspace {
  /** Azure ML, Blob, Key Vault. */
  readonly azure: Azure;
  /** Experiments and runs, over MLflow's REST API. */
  readonly tracking: Tracking;
  /** Versions, aliases, decisions and production, as documents in Blob. */
  readonly registry: Registry;
  /** What is told to the workspace's Application Insights; undefined where nothing is. */
  readonly telemetry?: Telemetry;
}

/** Where is kept what was logged while the tracking server was away. */
export const TRACKING_BUFFER: string = fromCheckout(".local/tracking-buffer");

/**
 * Opens the target's workspace; starts Local Azure if that is the target. What was logged while the
 * tracking server was away is sent first.
 *
 * @param options `azure`: one that is open already, e.g. a test's own; nothing is kept for that one.
 * `telemetry`: whether the verbs tell of what they do; default: where the target is opened here.
 * @returns See {@linkcode Workspace}.
 * @throws {BadInput} If the settings are incomplete, or there is no such workspace.
 *
 * @example
 * ```ts ignore
 * // starts Local Azure, so it needs all permissions
 * const { tracking } = await openWorkspace();
 * ```
 */
export async function openWorkspace(
  options: { azure?: Azure; telemetry?: boolean } = {},
): Promise<Workspace> {
  const azure = options.azure ?? await openAzure();
  const tracking = createTracking({
    fetch: azure.armFetch,
    baseUrl: azure.mlflowUrl,
    plainFetch: azure.fetch,
    ...(options.azure ? {} : { buffer: { folder: TRACKING_BUFFER } }),
  });
  await tracking.flush();
  return {
    azure,
    tracking,
    registry: createRegistry({ store: blobDocuments(azure) }),
    ...((options.telemetry ?? options.azure === undefined) && { telemetry: telemetryOf(azure) }),
  };
}

/** Telemetry of this process; the exporter is loaded when something is told. */
function telemetryOf(azure: Azure): Telemetry {
  const { base } = azure;
  return createTelemetry({
    async open() {
      const connectionString = await findConnectionString(azure);
      if (connectionString === undefined) return undefined;
      const resource = { "service.name": "lifecycle", "service.instance.id": String(Deno.pid) };
      return await openMonitor({ connectionString, resource, ...(base !== undefined && { base }) });
    },
    traceparent: Deno.env.get("TRACEPARENT"),
  });
}
