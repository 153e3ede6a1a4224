/** The parts of Local Azure with the faults in front of them that were asked for. */

import { answer } from "./arm_router.ts";
import { blobError } from "./blob_error.ts";
import type { Service } from "./context.ts";
import type { Faults } from "./faults.ts";
import { DeploymentError, type RunningDeployment, type Runtime } from "./runtime.ts";
import { openTarpit, type Tarpit } from "./tarpit.ts";
import type { Tokens } from "./tokens.ts";

/** Tokens of which some count as expired. */
export function faultyTokens(tokens: Tokens, faults: Faults): Tokens {
  return {
    ...tokens,
    fault(request, audiences) {
      const fault = tokens.fault(request, audiences);
      if (fault || !faults.take("tokenExpired", request.url)) return fault;
      const message =
        `The access token expiry UTC time '${new Date(0).toISOString()}' is earlier ` +
        "than current UTC time.";
      return { code: "ExpiredAuthenticationToken", message };
    },
  };
}

/** The control plane, some of whose PUTs are too many. */
export function faultyArm<S extends Service>(service: S, faults: Faults): S {
  return {
    ...service,
    async handle(request: Request, url: URL) {
      const fault = request.method === "PUT" && faults.take("throttle", url.pathname);
      if (!fault) return await service.handle(request, url);
      await request.body?.cancel();
      const message =
        "The request was throttled: too many requests were received. Please retry after " +
        `${fault.retryAfterSeconds} seconds.`;
      return answer(429, { error: { code: "TooManyRequests", message } }, {
        "retry-after": String(fault.retryAfterSeconds),
        "x-ms-failure-cause": "gateway",
      });
    },
  };
}

/** Blob storage that is too busy for some requests. */
export function faultyBlob<S extends Service>(service: S, faults: Faults): S {
  return {
    ...service,
    async handle(request: Request, url: URL) {
      const { pathname } = new URL(request.url);
      if (!faults.take("blobBusy", pathname)) return await service.handle(request, url);
      await request.body?.cancel();
      return blobError(request, 503, { code: "ServerBusy", message: "The server is busy." });
    },
  };
}

/** A runtime some of whose deployments do not come up, or fall asleep. */
export function faultyRuntime(runtime: Runtime, faults: Faults): Runtime {
  const doors = new Map<string, { until: number; behind: number; tarpit: Tarpit }>();

  function asleep(id: string, running: RunningDeployment): RunningDeployment {
    const fault = faults.asleep(id), door = doors.get(id);
    if (!fault) {
      if (door) doors.delete(id), door.tarpit.close();
      return running;
    }
    const until = fault.until!, behind = running.port;
    if (door?.until !== until || door.behind !== behind) {
      door?.tarpit.close();
      const forMs = Math.max(until - Date.now(), 0);
      doors.set(id, { until, behind, tarpit: openTarpit(behind, forMs) });
    }
    const { spec } = running, { port } = doors.get(id)!.tarpit;
    return {
      spec,
      port,
      get ready() {
        return running.ready;
      },
    };
  }

  return {
    async start(spec, signal) {
      const fault = faults.take("failOperation", spec.id);
      if (fault) throw new DeploymentError(fault.code!, fault.message!);
      return await runtime.start(spec, signal);
    },
    get(id) {
      const running = runtime.get(id);
      return running && asleep(id, running);
    },
    stop: (id) => runtime.stop(id),
    logs: (id, options) => runtime.logs(id, options),
    openImage: runtime.openImage,
    async close() {
      for (const { tarpit } of doors.values()) tarpit.close();
      doors.clear();
      await runtime.close();
    },
  };
}
