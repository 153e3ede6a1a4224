/** What a deployment wrote and what happened to it, kept in a file and told in the service's layout. */

import { join } from "node:path";
import type { Clock } from "lib/core/mod.ts";
import { OWNER_FILE } from "./owner_only.ts";

/** Stages of a deployment, as the service names them. */
export const STAGES = [
  "SystemSetup",
  "UserContainerImagePull",
  "ModelDownload",
  "UserContainerStart",
] as const;

/** One of {@linkcode STAGES}. */
export type Stage = typeof STAGES[number];

/** How far a stage is. */
export type StageState = "Pending" | "InProgress" | "Succeeded" | "Failed";

/** Which container's log is asked for, and how much of it. */
export interface LogOptions {
  /** What brings the model, or what serves it. */
  readonly container: "StorageInitializer" | "InferenceServer";
  /** Lines from the end. */
  readonly tail: number;
}

/** The log of one deployment. */
export interface ContainerLog {
  /** A stage got further. */
  stage(stage: Stage, state: StageState): void;
  /** Something happened, e.g. `Pulled`. */
  event(name: string, message: string): void;
  /** The storage initializer says a line. */
  say(line: string): void;
  /** The container wrote something. */
  write(bytes: Uint8Array): void;
  /** The last lines that the container wrote. */
  last(lines: number): string[];
  /** All in the service's layout. */
  text(options: LogOptions): string;
  /** Saves what is not saved yet. */
  close(): void;
}

interface Saved {
  stages: Partial<Record<Stage, StageState>>;
  events: { time: string; name: string; message: string }[];
  said: string[];
}

/** Lines of the container that are kept at hand. */
const KEPT_LINES = 2_000;

/** Longest line that is kept as one, in characters. */
const LONGEST_LINE = 16 * 1024;

/** Events that are kept: the first ones tell how it started, the last ones how it is. */
const KEPT_EVENTS = 200;

/** Size beyond which the file is begun anew, in bytes. The one before is kept as `container.1.log`. */
const FILE_BYTES = 5 * 1024 * 1024;

/**
 * Opens the log of a deployment.
 *
 * @param folder The deployment's folder; it must be there.
 * @param clock For the times of events.
 * @param isNew Whether to forget what an earlier attempt left there.
 * @returns See {@linkcode ContainerLog}.
 */
export function openContainerLog(folder: string, clock: Clock, isNew: boolean): ContainerLog {
  const facts = join(folder, "log.json"), path = join(folder, "container.log");
  const saved: Saved = isNew ? { stages: {}, events: [], said: [] } : readFacts(facts);
  const lines = isNew ? [] : readLines(path);
  const decoder = new TextDecoder();
  let rest = "", size = 0, file: Deno.FsFile | undefined;

  function save(): void {
    Deno.writeTextFileSync(facts, JSON.stringify(saved), { mode: OWNER_FILE });
  }

  function open(): Deno.FsFile {
    const opened = Deno.openSync(path, {
      create: true,
      write: true,
      append: true,
      truncate: false,
      mode: OWNER_FILE,
    });
    size = opened.statSync().size;
    return opened;
  }

  function write(bytes: Uint8Array): void {
    file ??= open();
    if (size > FILE_BYTES) {
      file.close();
      Deno.renameSync(path, join(folder, "container.1.log"));
      file = open();
    }
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    size += bytes.length;
    const parts = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = parts.pop()!;
    for (; rest.length > LONGEST_LINE; rest = rest.slice(LONGEST_LINE)) {
      parts.push(rest.slice(0, LONGEST_LINE));
    }
    lines.push(...parts);
    if (lines.length > KEPT_LINES) lines.splice(0, lines.length - KEPT_LINES);
  }

  function last(count: number): string[] {
    const all = rest === "" ? lines : [...lines, rest];
    return count > 0 ? all.slice(-count) : [];
  }

  if (isNew) {
    for (const stale of [path, join(folder, "container.1.log")]) removeFile(stale);
    save();
  }
  return {
    stage(stage, state) {
      saved.stages[stage] = state;
      save();
    },
    event(name, message) {
      saved.events.push({ time: clock.now().toISOString(), name, message });
      if (saved.events.length > KEPT_EVENTS) saved.events.splice(KEPT_EVENTS / 2, 1);
      save();
    },
    say(line) {
      saved.said.push(`${clock.now().toISOString()} ${line}`);
      save();
    },
    write,
    last,
    text({ container, tail }) {
      const stages = STAGES.map((stage) => `${stage}: ${saved.stages[stage] ?? "Pending"}`);
      const events = saved.events.map(({ time, name, message }) =>
        `Kind: Pod, Name: ${name}, Type: ${typeOf(name)}, Time: ${time}, Message: ${message}`
      );
      const logs = container === "InferenceServer"
        ? last(tail)
        : tail > 0
        ? saved.said.slice(-tail)
        : [];
      return [
        "Instance status:",
        ...stages,
        "",
        "Container events:",
        ...events,
        "",
        "Container logs:",
      ]
        .concat(logs, "").join("\n");
    },
    close() {
      file?.close();
      file = undefined;
    },
  };
}

/** Runs one stage of a start and says in the log how it went. */
export async function inStage<T>(
  log: ContainerLog,
  stage: Stage,
  body: () => Promise<T>,
): Promise<T> {
  log.stage(stage, "InProgress");
  try {
    const result = await body();
    log.stage(stage, "Succeeded");
    return result;
  } catch (error) {
    log.stage(stage, "Failed");
    log.event("Failed", (error as Error).message);
    throw error;
  }
}

function typeOf(event: string): "Normal" | "Warning" {
  return /Failed|BackOff|Unhealthy|Killing/.test(event) ? "Warning" : "Normal";
}

function readFacts(path: string): Saved {
  return JSON.parse(Deno.readTextFileSync(path)) as Saved;
}

function readLines(path: string): string[] {
  try {
    const lines = Deno.readTextFileSync(path).split("\n");
    if (lines.at(-1) === "") lines.pop();
    return lines.slice(-KEPT_LINES);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function removeFile(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
