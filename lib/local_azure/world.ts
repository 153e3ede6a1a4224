/** Everything behind the port, opened on one folder. It is closed and opened again to empty it. */

import { join } from "node:path";
import { type Clock, type Logger, systemClock } from "lib/core/mod.ts";
import { armService } from "./arm.ts";
import type { LocalAzure } from "./context.ts";
import { createFaults, type Faults } from "./faults.ts";
import { faultyArm, faultyBlob, faultyRuntime, faultyTokens } from "./faulty.ts";
import { createHosts, type Hosts } from "./hosts.ts";
import { keyVaultService } from "./key_vault.ts";
import { hasRunningJob } from "./job_runner.ts";
import { createLimits, type LimitsBook } from "./limits.ts";
import type { BlobPart, Parts } from "./parts.ts";
import { createShiftedClock, type ShiftedClock } from "./shifted_clock.ts";
import { openStore } from "./store.ts";
import { createTokens, signingKey } from "./tokens.ts";

/** What a world is opened with. */
export interface WorldOptions {
  readonly folder: string;
  readonly port: number;
  /** Time, before it is shifted. */
  readonly clock: Clock;
  readonly log: Logger;
  readonly parts: Parts;
  /** Whether groups and workspaces are made when they are first mentioned. */
  readonly lenient: boolean;
  /** Signs the tokens, if the store has no key yet. */
  readonly key?: Uint8Array;
}

/** Everything behind the port. */
export interface World {
  readonly local: LocalAzure;
  readonly clock: ShiftedClock;
  readonly limits: LimitsBook;
  readonly faults: Faults;
  readonly hosts: Hosts;
  /** Whether those of the last run are up again, or cannot be. */
  readonly isRevived: boolean;
  /** Waits until the deployments of the last run are up again, but not longer than that. */
  revived(milliseconds: number): Promise<void>;
  /** Whether a job runs. */
  isBusy(): boolean;
  /** Ends deployments and operations; requests are still answered. */
  quiet(): Promise<void>;
  /** Lets go of the folder. */
  close(): Promise<void>;
}

/** Opens a world; deployments of an earlier run come up in the background. */
export async function openWorld(options: WorldOptions): Promise<World> {
  const { folder, port, log, parts, lenient, key } = options;
  let clock: Clock = options.clock;
  const store = openStore(join(folder, "store.sqlite"), () => clock.now().getTime());
  let blob: BlobPart | undefined;
  try {
    const shifted = createShiftedClock(store, options.clock);
    clock = shifted;
    if (key) signingKey(store, key);
    const faults = createFaults(systemClock), limits = createLimits(store);
    const tokens = faultyTokens(createTokens(store, shifted), faults);
    const ground = { store, clock: shifted, log, folder, port, tokens };
    blob = await parts.openBlob(ground);
    const { files, ensureContainer, write: writeBlob } = blob;
    const runtime = faultyRuntime(parts.createRuntime({ ...ground, blobs: files }), faults);
    const local: LocalAzure = { ...ground, blobs: files, runtime };
    const arm = armService(local, { ensureContainer, writeBlob, limits, lenient });
    const services = [
      faultyArm(arm, faults),
      faultyBlob(blob, faults),
      keyVaultService(local),
      ...parts.createServices(local, { lenient }),
    ];
    await arm.prepare();
    let isUp = false;
    const up = arm.resume()
      .catch((error) => log.error("deployments could not be started again", { error }))
      .finally(() => isUp = true);
    return {
      ...{ local, clock: shifted, limits, faults, hosts: createHosts(services) },
      get isRevived() {
        return isUp;
      },
      async revived(milliseconds) {
        if (isUp) return;
        let timer: ReturnType<typeof setTimeout> | undefined;
        const late = new Promise<void>((done) => timer = setTimeout(done, milliseconds));
        await Promise.race([up, late]);
        clearTimeout(timer);
      },
      isBusy: () => hasRunningJob(store),
      async quiet() {
        await arm.close();
        await runtime.close();
      },
      async close() {
        await blob!.close();
        store.close();
      },
    };
  } catch (error) {
    await blob?.close();
    store.close();
    throw error;
  }
}
