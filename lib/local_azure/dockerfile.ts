/**
 * Reads a Dockerfile and judges whether a deployment can be run from it without building an image:
 * files are copied, variables set, and one Deno program is started. Whatever else a file asks for is
 * an `ImageBuildFailure` that names the line, never something that is left out in silence.
 */

import { posix } from "node:path";
import { type DockerfileLine, dockerfileLines } from "./dockerfile_lines.ts";
import { type Copy, copyOf } from "./dockerfile_copy.ts";
import { buildFailure, needsImage } from "./dockerfile_failure.ts";
import { expandWord, jsonWords, splitWords } from "./dockerfile_words.ts";

/** What a Dockerfile asks for. */
export interface Dockerfile {
  /** The base image. Recorded; nothing of it is fetched. */
  readonly base: string;
  /** Variables of `ENV`. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute path in the image. */
  readonly workdir: string;
  /** In order: later ones overwrite. */
  readonly copies: readonly Copy[];
  /** `USER`, if given. Recorded: the program runs as whoever runs Local Azure. */
  readonly user?: string;
  /** Ports of `EXPOSE`. Recorded: the port comes from the environment's routes. */
  readonly ports: readonly number[];
  /** Labels. Recorded. */
  readonly labels: Readonly<Record<string, string>>;
  /** The program and its arguments, and the line that names them. */
  readonly command: { readonly line: number; readonly words: readonly string[] };
}

/** Instructions that Docker has and that need an image to be built. */
const BUILT: ReadonlySet<string> = new Set([
  "RUN",
  "ADD",
  "ENTRYPOINT",
  "VOLUME",
  "SHELL",
  "HEALTHCHECK",
  "STOPSIGNAL",
  "ONBUILD",
  "MAINTAINER",
]);

/**
 * Reads a Dockerfile.
 *
 * @param text The file.
 * @returns See {@linkcode Dockerfile}.
 * @throws {DeploymentError} `ImageBuildFailure`, with line and instruction, if it asks for anything
 * that needs an image to be built, or breaks a rule of Docker's.
 * @see Dockerfile reference. Left out: everything not in {@linkcode Dockerfile}, several stages,
 * `--from`, here-documents, `.dockerignore`. `--chown`, `--chmod` and `--link` change nothing here.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readDockerfile } from "lib/local_azure/dockerfile.ts";
 *
 * const { base, copies, command } = readDockerfile(`
 * ARG VERSION=2.9.6
 * FROM denoland/deno:\${VERSION}
 * WORKDIR /app
 * COPY server.js .
 * CMD ["deno", "run", "--allow-net", "server.js"]`);
 * assert.equal(base, "denoland/deno:2.9.6");
 * assert.deepEqual(copies, [{ line: 5, sources: ["server.js"], target: "/app/" }]);
 * assert.equal(command.words[0], "deno");
 * assert.throws(() => readDockerfile("FROM deno\nRUN deno cache x.ts"), /line 2: RUN needs an image/);
 * ```
 */
export function readDockerfile(text: string): Dockerfile {
  const { lines, escape } = dockerfileLines(text);
  const globals = new Map<string, string | undefined>(), args = new Map<string, string>();
  const env: Record<string, string> = {}, labels: Record<string, string> = {};
  const copies: Copy[] = [], ports: number[] = [];
  let base: string | undefined, workdir = "/", user: string | undefined;
  let command: Dockerfile["command"] | undefined;

  function lookup(name: string): string | undefined {
    return base === undefined ? globals.get(name) : env[name] ?? args.get(name);
  }

  function expand(word: string, { line, instruction }: DockerfileLine): string {
    try {
      return expandWord(word, { lookup, escape });
    } catch (error) {
      throw buildFailure(line, instruction, `cannot be read: ${(error as Error).message}`);
    }
  }

  /** `key=value …`, or the old form `key value` where that is allowed. */
  function pairs(one: DockerfileLine): [string, string][] {
    const words = splitWords(one.rest, escape);
    if (words.length === 0) {
      throw buildFailure(one.line, one.instruction, "needs a name and a value");
    }
    if (!words[0].includes("=")) {
      const [, name, value] = /^(\S+)\s+([^]+)$/.exec(one.rest) ?? [];
      if (!name) throw buildFailure(one.line, one.instruction, "needs a value");
      return [[expand(name, one), expand(value, one)]];
    }
    return words.map((word) => {
      const [, name, value] = /^([^=]+)=([^]*)$/.exec(word) ?? [];
      if (!name) throw buildFailure(one.line, one.instruction, `needs name=value: ${word}`);
      return [expand(name, one), expand(value, one)];
    });
  }

  function arg(one: DockerfileLine): void {
    const words = splitWords(one.rest, escape);
    if (words.length === 0) throw buildFailure(one.line, "ARG", "needs a name");
    for (const word of words) {
      const [, name, , value] = /^(\w+)(=([^]*))?$/.exec(word) ?? [];
      if (!name) throw buildFailure(one.line, "ARG", `needs a name: ${word}`);
      const given = value === undefined ? undefined : expand(value, one);
      if (base === undefined) globals.set(name, given);
      else {
        const known = given ?? globals.get(name); // before FROM it is told, after it it is let in
        if (known !== undefined) args.set(name, known);
      }
    }
  }

  function from(one: DockerfileLine): void {
    if (base !== undefined) {
      throw buildFailure(one.line, "FROM", `begins a second stage, ${needsImage()}`);
    }
    const words = splitWords(one.rest, escape).filter((word) => !/^--platform=/.test(word));
    const isNamed = words.length === 3 && /^as$/i.test(words[1]);
    if (words.length !== 1 && !isNamed) throw buildFailure(one.line, "FROM", "needs one image");
    const image = expand(words[0], one);
    if (image === "") throw buildFailure(one.line, "FROM", `names no image: ${words[0]}`);
    base = image;
  }

  function expose(one: DockerfileLine): void {
    for (const word of splitWords(one.rest, escape)) {
      const value = expand(word, one), [, port] = /^(\d+)(?:\/(?:tcp|udp))?$/i.exec(value) ?? [];
      if (!port || Number(port) < 1 || Number(port) > 65_535) {
        throw buildFailure(one.line, "EXPOSE", `needs a port: ${value}`);
      }
      ports.push(Number(port));
    }
  }

  for (const one of lines) {
    const { line, instruction, rest } = one;
    if (base === undefined && instruction !== "ARG" && instruction !== "FROM") {
      if (BUILT.has(instruction) || /^[A-Z]+$/.test(instruction)) {
        throw buildFailure(line, instruction, "stands before FROM");
      }
    }
    switch (instruction) {
      case "ARG":
        arg(one);
        break;
      case "FROM":
        from(one);
        break;
      case "ENV":
        Object.assign(env, Object.fromEntries(pairs(one)));
        break;
      case "LABEL":
        Object.assign(labels, Object.fromEntries(pairs(one)));
        break;
      case "WORKDIR": {
        const path = expand(rest, one);
        if (path === "") throw buildFailure(line, "WORKDIR", "needs a path");
        workdir = posix.resolve("/", workdir, path);
        break;
      }
      case "COPY":
        copies.push(copyOf(one, { workdir, escape, expand: (word) => expand(word, one) }));
        break;
      case "USER":
        user = expand(rest, one);
        if (user === "") throw buildFailure(line, "USER", "needs a name");
        break;
      case "EXPOSE":
        expose(one);
        break;
      case "CMD": {
        const words = jsonWords(rest);
        if (!words) {
          throw buildFailure(
            line,
            "CMD",
            `in shell form needs a shell, which is not here: write ["deno", "run", …]`,
          );
        }
        if (words.length === 0) throw buildFailure(line, "CMD", "names no program");
        command = { line, words };
        break;
      }
      default:
        if (BUILT.has(instruction)) throw buildFailure(line, instruction, needsImage());
        throw buildFailure(line, instruction, "is no instruction of a Dockerfile");
    }
  }
  const last = lines.at(-1)?.line ?? 1;
  if (base === undefined) throw buildFailure(last, "FROM", "is missing");
  if (!command) throw buildFailure(last, "CMD", "is missing: it names the program to start");
  return { base, env, workdir, copies, user, ports, labels, command };
}
