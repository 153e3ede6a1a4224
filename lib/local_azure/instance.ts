/** One generation of a deployment: its container kept running and looked after until it is stopped. */

import { type Container, startContainer } from "./container.ts";
import type { ContainerLog } from "./container_log.ts";
import type { Image } from "./images.ts";
import { pause, probe } from "./probe.ts";
import type { ProcessRecord } from "./process_record.ts";
import { DeploymentError, type DeploymentSpec, type Probe, type Route } from "./runtime.ts";

/** What an instance is made of. */
export interface InstanceOptions {
  /** What was asked for. */
  readonly spec: DeploymentSpec;
  /** What its containers are started from. */
  readonly image: Image;
  /** Takes what is written and what happens. */
  readonly log: ContainerLog;
  /** Remembers processes. */
  readonly record: ProcessRecord;
}

/** An instance. */
export interface Instance {
  /** Port of its present container. */
  readonly port: number;
  /** Whether requests may be sent to it. */
  readonly isReady: boolean;
  /** Process of its present container. */
  readonly pid: number;
  /** Ends it: SIGTERM, then SIGKILL. */
  stop(): Promise<void>;
}

/** How long a container may take to end by itself, in milliseconds. */
const GRACE_MS = 3_000;

/** Ports that are tried before a start is given up: another program may take one before the child does. */
const PORT_TRIES = 3;

/** Between two questions while a container starts, in milliseconds: first and longest. */
const FIRST_PAUSE_MS = 10, LONGEST_PAUSE_MS = 250;

/** Before a container is started again, in milliseconds: at the second time, and the most. */
const BACK_OFF_MS = 250, LONGEST_BACK_OFF_MS = 60_000;

/** After so long without a fault, in milliseconds, a new one counts as the first. */
const STABLE_MS = 60_000;

/** Lines of a container's log that an error shows. */
const SHOWN_LINES = 10;

/**
 * Starts an instance and waits until it is ready.
 *
 * @param options See {@linkcode InstanceOptions}.
 * @param signal Gives up.
 * @returns See {@linkcode Instance}. From now on it is started again when it ends, or when its liveness
 * probe fails.
 * @throws {DeploymentError} `ResourceNotReady` if it ends or does not become ready in the time that its
 * readiness probe allows, `OperationCanceled` if it is given up. Nothing of it runs then.
 */
export async function startInstance(
  options: InstanceOptions,
  signal?: AbortSignal,
): Promise<Instance> {
  const { spec, image, log, record } = options;
  const stopping = new AbortController();
  const onAbort = () => stopping.abort();
  signal?.addEventListener("abort", onAbort);
  if (signal?.aborted) onAbort();
  let port = 0, container!: Container, isReady = false;

  function launch(): void {
    port = freePort();
    container = startContainer(image.command(port), { onOutput: log.write, record });
    log.event("Started", `Started container inference-server (pid ${container.pid})`);
  }

  /** Asks until the container is ready; why it is not, otherwise. */
  async function untilReady(): Promise<string | undefined> {
    const { initialDelayMs, failureThreshold, periodMs } = spec.readiness;
    const limitMs = initialDelayMs + failureThreshold * periodMs, since = performance.now();
    const giveUp = new AbortController();
    const over = container.ended.then(() => giveUp.abort());
    const onStop = () => giveUp.abort();
    stopping.signal.addEventListener("abort", onStop);
    try {
      let fault: string | undefined = "was not asked", successes = 0;
      for (let pauseMs = FIRST_PAUSE_MS; performance.now() - since < limitMs;) {
        if (stopping.signal.aborted) return "was given up";
        if (container.isOver) return `ended with ${await container.ended}`;
        fault = await probe(port, spec.routes.readiness, spec.readiness.timeoutMs);
        successes = fault === undefined ? successes + 1 : 0;
        if (successes >= spec.readiness.successThreshold && !container.isOver) return undefined;
        await pause(pauseMs, giveUp.signal);
        if (container.isOver) await over;
        pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS, Math.max(periodMs, FIRST_PAUSE_MS));
      }
      log.event("ReadinessProbeFailed", `Readiness probe failed: ${fault}`);
      return `was not ready within ${limitMs} ms: ${fault}`;
    } finally {
      stopping.signal.removeEventListener("abort", onStop);
    }
  }

  async function firstStart(): Promise<void> {
    for (let tries = 1;; tries++) {
      launch();
      const fault = await untilReady();
      if (fault === undefined) return;
      const wasOver = container.isOver;
      await container.stop(stopping.signal.aborted ? 0 : GRACE_MS);
      if (stopping.signal.aborted) {
        throw new DeploymentError("OperationCanceled", `The start of ${spec.name} was given up`);
      }
      const last = log.last(SHOWN_LINES).join("\n");
      if (wasOver && tries < PORT_TRIES && /AddrInUse|address (?:already )?in use/i.test(last)) {
        continue;
      }
      throw new DeploymentError(
        "ResourceNotReady",
        `User container has crashed or terminated: ${spec.name} ${fault}` +
          (last ? `. Its last lines were:\n${last}` : ". It wrote nothing."),
      );
    }
  }

  /** Looks after the container until it ends or is found dead; tells which. */
  async function watch(): Promise<string> {
    const over = new AbortController();
    const ended = container.ended.then((how) => `Container ended with ${how}`);
    const died = untilFailing(spec.liveness, spec.routes.liveness, over.signal);
    follow(over.signal);
    const why = await Promise.race([
      ended,
      died.then((fault) => `Liveness probe failed: ${fault}`),
    ]);
    over.abort();
    if (!container.isOver) {
      log.event("LivenessProbeFailed", why);
      log.event("Killing", "Container inference-server failed liveness probe, will be restarted");
      await container.stop(GRACE_MS);
    }
    return why;
  }

  /** Resolves once a probe has failed so many times in a row that it counts. */
  async function untilFailing(how: Probe, route: Route, signal: AbortSignal): Promise<string> {
    await pause(how.initialDelayMs, signal);
    for (let failures = 0;;) {
      const fault = await probe(port, route, how.timeoutMs);
      if (signal.aborted) return "";
      failures = fault === undefined ? 0 : failures + 1;
      if (failures >= how.failureThreshold) return fault!;
      await pause(how.periodMs, signal);
    }
  }

  /** Keeps `isReady` true to the readiness probe. */
  async function follow(signal: AbortSignal): Promise<void> {
    const { periodMs, timeoutMs, failureThreshold, successThreshold } = spec.readiness;
    for (let failures = 0, successes = 0; !signal.aborted;) {
      await pause(isReady ? periodMs : Math.min(periodMs, LONGEST_PAUSE_MS), signal);
      const fault = signal.aborted ? "over" : await probe(port, spec.routes.readiness, timeoutMs);
      if (signal.aborted) return;
      failures = fault === undefined ? 0 : failures + 1;
      successes = fault === undefined ? successes + 1 : 0;
      if (isReady && failures >= failureThreshold) {
        isReady = false;
        log.event("ReadinessProbeFailed", `Readiness probe failed: ${fault}`);
      } else if (!isReady && successes >= successThreshold) {
        isReady = true;
        log.event("ContainerReady", "Container is ready");
      }
    }
  }

  async function keepUp(): Promise<void> {
    for (let faults = 0;;) {
      const since = performance.now(), why = await watch();
      isReady = false;
      if (stopping.signal.aborted) return;
      if (performance.now() - since > STABLE_MS) faults = 0;
      const waitMs = faults === 0
        ? 0
        : Math.min(BACK_OFF_MS * 2 ** (faults - 1), LONGEST_BACK_OFF_MS);
      faults++;
      log.event("BackOff", `Back-off ${waitMs} ms restarting failed container: ${why}`);
      await pause(waitMs, stopping.signal);
      if (stopping.signal.aborted) return;
      launch();
      isReady = await untilReady() === undefined;
      if (isReady) log.event("ContainerReady", "Container is ready");
    }
  }

  try {
    await firstStart();
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
  isReady = true;
  const kept = keepUp();
  return {
    get port() {
      return port;
    },
    get isReady() {
      return isReady;
    },
    get pid() {
      return container.pid;
    },
    async stop() {
      isReady = false;
      stopping.abort();
      await container.stop(GRACE_MS);
      await kept;
    },
  };
}

/** A port that is free at this moment. */
function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return port;
}
