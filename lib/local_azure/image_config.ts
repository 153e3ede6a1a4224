/** What an image says of itself: its program, its variables, its user. */

import type { Json, JsonRecord } from "lib/core/mod.ts";
import { DeploymentError } from "./runtime.ts";

/** What a container is started from. */
export interface ImageConfig {
  /** `ENTRYPOINT` and `CMD` in one. */
  readonly words: readonly string[];
  /** Variables of `ENV`. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute path in the image. */
  readonly workdir: string;
  /** As `USER` names it; empty for root. */
  readonly user: string;
}

/** What Docker takes for an image that has no `PATH`. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Reads what `buildah inspect --type image` says.
 *
 * @param text JSON.
 * @throws {DeploymentError} `ImageBuildFailure`, if the image names no program.
 * @see Open Container Initiative, Image Format Specification, "Image Configuration".
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readImageConfig } from "lib/local_azure/image_config.ts";
 *
 * const config = { Entrypoint: ["/init"], Cmd: ["deno", "run"], Env: ["A=b=c"], User: "deno" };
 * const { words, env, workdir } = readImageConfig(JSON.stringify({ OCIv1: { config } }));
 * assert.deepEqual([words, env.A, workdir], [["/init", "deno", "run"], "b=c", "/"]);
 * assert.throws(() => readImageConfig('{"OCIv1":{"config":{}}}'), /names no program/);
 * ```
 */
export function readImageConfig(text: string): ImageConfig {
  const { OCIv1 } = JSON.parse(text) as { OCIv1: { config: JsonRecord } };
  const { Entrypoint, Cmd, Env, WorkingDir, User } = OCIv1.config;
  const words = [...texts(Entrypoint), ...texts(Cmd)];
  if (words.length === 0) {
    throw new DeploymentError("ImageBuildFailure", "The image names no program: CMD is missing");
  }
  const variables = texts(Env).map((pair) => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return {
    words,
    env: { PATH, ...Object.fromEntries(variables) },
    workdir: String(WorkingDir || "/"),
    user: String(User ?? ""),
  };
}

function texts(value: Json | undefined): string[] {
  return (value ?? []) as string[];
}

/** Numbers of a user. */
export interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Finds the user that `USER` names.
 *
 * @param user `name`, `uid`, `name:group`, `uid:gid`; empty for root.
 * @param files The image's `/etc/passwd` and `/etc/group`; empty where there is none.
 * @throws {DeploymentError} `ResourceNotReady`, if the image has no such user: the container cannot be
 * started.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { findUser } from "lib/local_azure/image_config.ts";
 *
 * const files = { passwd: "deno:x:1993:1994::/home/deno:/bin/sh\n", group: "web:x:33:\n" };
 * assert.deepEqual(findUser("deno", files), { uid: 1993, gid: 1994 });
 * assert.deepEqual(findUser("1993:web", files), { uid: 1993, gid: 33 });
 * assert.deepEqual(findUser("7", files), { uid: 7, gid: 0 });
 * assert.throws(() => findUser("nobody", files), /no user nobody/);
 * ```
 */
export function findUser(
  user: string,
  { passwd, group }: { passwd: string; group: string },
): UserIds {
  const [name, groupName] = user === "" ? ["0"] : user.split(":");
  const line = rows(passwd).find(([one, , id]) => one === name || id === name);
  const uid = line ? Number(line[2]) : numberOf("user", name);
  if (groupName === undefined) return { uid, gid: line ? Number(line[3]) : 0 };
  const row = rows(group).find(([one, , id]) => one === groupName || id === groupName);
  return { uid, gid: row ? Number(row[2]) : numberOf("group", groupName) };
}

function rows(file: string): string[][] {
  return file.split("\n").map((line) => line.split(":"));
}

function numberOf(what: string, name: string): number {
  if (/^\d+$/.test(name)) return Number(name);
  throw new DeploymentError("ResourceNotReady", `The image has no ${what} ${name}`);
}
