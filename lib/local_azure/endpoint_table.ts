/** Online endpoints by their host, read from the store when something about them has changed. */

import { propertiesOf } from "./arm_context.ts";
import { DEPLOYMENT } from "./arm_deployment_body.ts";
import { ENDPOINT } from "./arm_endpoint_body.ts";
import type { Shares } from "./arm_traffic.ts";
import type { Store, Stored } from "./store.ts";
import { watchRows } from "./store_watch.ts";

/** What the router needs to know of an endpoint. */
export interface EndpointEntry {
  /** ARM id in lower case. */
  readonly id: string;
  /** Its name. */
  readonly name: string;
  /** What opens it. */
  readonly authMode: "Key" | "AMLToken" | "AADToken";
  /** The two `Authorization` headers that open it, in mode `Key`. */
  readonly passes: readonly [string, string];
  /** Deployments with a share of the traffic, and the sums of their shares up to each. */
  readonly shares: readonly { readonly deployment: string; readonly upTo: number }[];
  /** The sum of all shares: 100, or 0. */
  readonly total: number;
  /** The deployment that gets copies of so many percent of the requests, if there is one. */
  readonly mirror?: { readonly deployment: string; readonly share: number };
  /** Names of all deployments, by their name in lower case. */
  readonly deployments: ReadonlyMap<string, string>;
}

/** Finds endpoints. */
export interface EndpointTable {
  /** The endpoint that answers under a host name in lower case. */
  find(host: string): EndpointEntry | undefined;
}

/**
 * The endpoints of a store.
 *
 * @param store Where they lie.
 * @returns See {@linkcode EndpointTable}. Reads the store again only after a change.
 */
export function createEndpointTable(store: Store): EndpointTable {
  let entries: Map<string, EndpointEntry> | undefined;
  // deployments are of a type below it, and so watched too
  const watched = { table: "resources", column: "type", prefix: ENDPOINT.toLowerCase() };
  watchRows(store, watched, () => entries = undefined);
  return {
    find: (host) => (entries ??= read(store)).get(host),
  };
}

function read(store: Store): Map<string, EndpointEntry> {
  return new Map(
    store.list({ type: ENDPOINT }).map((endpoint) => {
      const deployments = store.list({ type: DEPLOYMENT, parent: endpoint.id });
      return [hostOf(endpoint), entryOf(endpoint, deployments)];
    }),
  );
}

function hostOf({ body }: Stored): string {
  const host = URL.parse(String(propertiesOf(body).scoringUri))?.hostname;
  return host ?? `${body.name}.${body.location}.inference.ml.azure.com`.toLowerCase();
}

function entryOf({ id, body, hidden }: Stored, deployments: readonly Stored[]): EndpointEntry {
  const { authMode, traffic, mirrorTraffic } = propertiesOf(body);
  let upTo = 0;
  const shares = Object.entries((traffic ?? {}) as Shares)
    .filter(([, share]) => share > 0)
    .map(([deployment, share]) => ({ deployment, upTo: upTo += share }));
  const mirrored = Object.entries((mirrorTraffic ?? {}) as Shares).find(([, share]) => share > 0);
  return {
    id: id.toLowerCase(),
    name: String(body.name),
    authMode: authMode as EndpointEntry["authMode"],
    passes: [`Bearer ${hidden.primaryKey}`, `Bearer ${hidden.secondaryKey}`],
    shares,
    total: upTo,
    ...mirrored && { mirror: { deployment: mirrored[0], share: mirrored[1] } },
    deployments: new Map(
      deployments.map(({ body: { name } }) => [String(name).toLowerCase(), String(name)]),
    ),
  };
}
