/** One at a time: a lease on a small blob, which ends by itself when its holder is gone. */

import { absent } from "./assets.ts";
import type { Azure } from "./open_azure.ts";

/** Folder of the container in which the leased blobs lie. */
const FOLDER = "mlops/leases/";

/** How long a lease lives on without its holder: the longest that Blob storage allows. In seconds. */
const LEASE_SECONDS = 60;

/** How often it is renewed, in milliseconds: twice may fail. */
const RENEW_MS = 20_000;

/** Who holds a lease. */
export interface LeaseHolder {
  /** Who it is, e.g. `run 17 of Deploy`. */
  readonly by: string;
  /** Since when, ISO 8601. */
  readonly since: string;
}

/** A lease that was given. */
export interface Lease {
  /** Gives it back. Never rejects: one that cannot be given back ends by itself within a minute. */
  release(): Promise<void>;
}

/**
 * Takes a lease, or says who holds it. It is renewed until it is released; if the process dies it ends
 * within a minute.
 *
 * @param azure The target.
 * @param name What only one may do at a time: letters, digits and `-`.
 * @param holder See {@linkcode LeaseHolder}.
 * @returns The lease, or who has it.
 * @throws If storage refuses for another reason.
 * @see https://learn.microsoft.com/rest/api/storageservices/lease-blob
 *
 * @example
 * ```ts ignore
 * const lease = await takeLease(azure, "deploy-iris", { by: "run 17 of Deploy", since });
 * if ("by" in lease) console.log(`${lease.by} is at it`);
 * else await lease.release();
 * ```
 */
export async function takeLease(
  { blobs }: Pick<Azure, "blobs">,
  name: string,
  holder: LeaseHolder,
): Promise<Lease | LeaseHolder> {
  const blob = blobs.getBlockBlobClient(`${FOLDER}${name}.json`);
  // a lease needs a blob; whoever is second finds it there
  await blob.upload("{}", 2, { conditions: { ifNoneMatch: "*" } }).catch(orCode(409, 412));
  const client = blob.getBlobLeaseClient();
  const taken = await client.acquireLease(LEASE_SECONDS).catch(orCode(409));
  if (!taken) {
    const found = await blob.download().catch(absent);
    const text = found &&
      await new Response(found.readableStreamBody as unknown as BodyInit).text();
    return { by: "somebody", since: "just now", ...JSON.parse(text ?? "{}") };
  }
  const text = JSON.stringify(holder), bytes = new TextEncoder().encode(text);
  await blob.upload(bytes, bytes.length, { conditions: { leaseId: client.leaseId } });
  const renewal = setInterval(() => void client.renewLease().catch(() => {}), RENEW_MS);
  return {
    async release() {
      clearInterval(renewal);
      await client.releaseLease().catch(() => {});
    },
  };
}

/** Lets errors with these statuses pass as undefined. */
function orCode(...statuses: readonly number[]) {
  return (error: { statusCode?: number }): undefined => {
    if (!statuses.includes(error.statusCode ?? 0)) throw error;
  };
}
