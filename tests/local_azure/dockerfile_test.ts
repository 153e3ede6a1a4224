import assert from "node:assert/strict";
import { childArguments } from "lib/local_azure/child_arguments.ts";
import { readDenoCommand } from "lib/local_azure/deno_command.ts";
import { type Dockerfile, readDockerfile } from "lib/local_azure/dockerfile.ts";
import { makeImage, readContext } from "lib/local_azure/image.ts";
import type { DeploymentError } from "lib/local_azure/runtime.ts";
import { memoryBlobs, specOf } from "./deployments.ts";

const CMD = 'CMD ["deno", "run", "x.js"]';

/** A file that is whole: FROM above and CMD below some lines. */
function whole(...lines: string[]): Dockerfile {
  return readDockerfile(["FROM deno", ...lines, CMD].join("\n"));
}

/** The refusal of a file, without its general part. */
function refusal(text: string): string {
  try {
    readDockerfile(text);
  } catch (error) {
    const { name, code, message } = error as DeploymentError;
    assert.equal(name, "DeploymentError");
    assert.equal(code, "ImageBuildFailure");
    return message.replace(
      / needs an image to be built, and Local Azure has no buildah.*/,
      " NEEDS BUILDAH",
    );
  }
  throw new Error(`it was accepted: ${text}`);
}

Deno.test("readDockerfile() reads every instruction that it follows", () => {
  const file = readDockerfile(`# syntax=docker/dockerfile:1
# our server
ARG VERSION=2.9.6
FROM --platform=linux/amd64 denoland/deno:\${VERSION} AS base

label org.opencontainers.image.title="Iris server" version=1
ENV MODE=production NOTE="two words" PATH_TO=/a\\ b
ENV OLD form with  spaces
WORKDIR /srv
WORKDIR app
COPY --chown=deno:deno server.js config.json ./
COPY ["with space.txt", "/data/"]
USER deno
EXPOSE 8080 9090/tcp
CMD ["deno", "run", "first.js"]
CMD ["deno", "run", "--allow-net", "$MODE.js"]
`);
  assert.deepEqual(file, {
    base: "denoland/deno:2.9.6",
    env: { MODE: "production", NOTE: "two words", PATH_TO: "/a b", OLD: "form with  spaces" },
    workdir: "/srv/app",
    copies: [
      { line: 11, sources: ["server.js", "config.json"], target: "/srv/app/" },
      { line: 12, sources: ["with space.txt"], target: "/data/" },
    ],
    user: "deno",
    ports: [8080, 9090],
    labels: { "org.opencontainers.image.title": "Iris server", version: "1" },
    command: { line: 16, words: ["deno", "run", "--allow-net", "$MODE.js"] }, // exec form expands nothing
  });
});

Deno.test("readDockerfile() joins continued lines, past comments and empty lines", () => {
  const { env, command } = readDockerfile(
    'FROM deno\r\nENV A=1 \\\r\n  # why not\r\n\r\n    B=2 \\\r\n C=3\r\nCMD ["deno", \\\n  "run", "x.js"]',
  );
  assert.deepEqual(env, { A: "1", B: "2", C: "3" });
  assert.equal(command.line, 7);
  const ticked = readDockerfile(`# escape=\`\nFROM deno\nENV A=c:\\dir \`\n  B=2\n${CMD}`);
  assert.deepEqual(ticked.env, { A: "c:\\dir", B: "2" });
  assert.deepEqual(whole("ENV A=#no-comment").env, { A: "#no-comment" });
});

Deno.test("readDockerfile() puts variables in where Docker does", () => {
  const file = readDockerfile(`
ARG TAG=1
ARG HIDDEN=above
FROM deno:$TAG
ARG TAG
ARG LOCAL=\${TAG}x
ENV A=$TAG B=$HIDDEN C=\${LOCAL:-none} D="\${NONE:-fall back}" E=\${TAG:+set} F=\${NONE:+set}
ENV G=$A$A H='$A' I="$A" J=\\$A K=\${NONE:-\${A}}
ENV A=2 L=$A
COPY $A \${A}/ /to/$A/
${CMD}`);
  assert.equal(file.base, "deno:1");
  assert.deepEqual(file.env, {
    ...{ A: "2", B: "", C: "1x", D: "fall back", E: "set", F: "" },
    ...{ G: "11", H: "$A", I: "1", J: "$A", K: "1" },
    L: "1", // within one instruction the old value holds
  });
  assert.deepEqual(file.copies[0], { line: 10, sources: ["2", "2"], target: "/to/2/" });
});

Deno.test("readDockerfile() resolves where COPY puts things", () => {
  const cases: [string, string][] = [
    ["a .", "/w/"],
    ["a ./", "/w/"],
    ["a b", "/w/b"],
    ["a b/", "/w/b/"],
    ["a /b", "/b"],
    ["a ../../../x", "/x"],
    ["a ..", "/"],
    ["a /", "/"],
  ];
  for (const [rest, target] of cases) {
    assert.equal(whole("WORKDIR /w", `COPY ${rest}`).copies[0].target, target, rest);
  }
  assert.deepEqual(whole("COPY ./ /a/b/../c/ /x/").copies[0].sources, [".", "a/c"]);
});

Deno.test("readDockerfile() names line and instruction of what it does not follow", () => {
  const cases: [string, string][] = [
    [`FROM deno\nRUN apt-get update\n${CMD}`, "Dockerfile line 2: RUN NEEDS BUILDAH"],
    [
      `FROM deno\n\n# x\nENV A=1 \\\n  B=2\nADD x.tar /\n${CMD}`,
      "Dockerfile line 6: ADD NEEDS BUILDAH",
    ],
    [`FROM deno\nENTRYPOINT ["deno"]\n${CMD}`, "Dockerfile line 2: ENTRYPOINT NEEDS BUILDAH"],
    [`FROM deno\nhealthcheck NONE\n${CMD}`, "Dockerfile line 2: HEALTHCHECK NEEDS BUILDAH"],
    [`FROM deno\nVOLUME /x\n${CMD}`, "Dockerfile line 2: VOLUME NEEDS BUILDAH"],
    [`FROM deno\nSHELL ["sh"]\n${CMD}`, "Dockerfile line 2: SHELL NEEDS BUILDAH"],
    [
      `FROM deno AS a\nFROM deno\n${CMD}`,
      "Dockerfile line 2: FROM begins a second stage, NEEDS BUILDAH",
    ],
    [
      `FROM deno\nCOPY --from=deno /x /y\n${CMD}`,
      "Dockerfile line 2: COPY with --from NEEDS BUILDAH",
    ],
    [
      `FROM deno\nCOPY <<EOF /x\nhello\nEOF\n${CMD}`,
      "Dockerfile line 2: COPY with a here-document NEEDS BUILDAH",
    ],
    [`FROM deno\nFETCH x\n${CMD}`, "Dockerfile line 2: FETCH is no instruction of a Dockerfile"],
    [`COPY a b\nFROM deno\n${CMD}`, "Dockerfile line 1: COPY stands before FROM"],
    ["", "Dockerfile line 1: FROM is missing"],
    ["FROM deno\n", "Dockerfile line 1: CMD is missing: it names the program to start"],
    [
      "FROM deno\nCMD deno run x.js",
      'Dockerfile line 2: CMD in shell form needs a shell, which is not here: write ["deno", "run", …]',
    ],
    [
      "FROM deno\nCMD ['deno', 'run']",
      'Dockerfile line 2: CMD in shell form needs a shell, which is not here: write ["deno", "run", …]',
    ],
    ["FROM deno\nCMD []", "Dockerfile line 2: CMD names no program"],
    ["FROM\n" + CMD, "Dockerfile line 1: FROM needs one image"],
    ["FROM $NOWHERE\n" + CMD, "Dockerfile line 1: FROM names no image: $NOWHERE"],
    [`FROM deno\nENV A\n${CMD}`, "Dockerfile line 2: ENV needs a value"],
    [`FROM deno\nENV A=1 B\n${CMD}`, "Dockerfile line 2: ENV needs name=value: B"],
    [`FROM deno\nENV A="x\n${CMD}`, 'Dockerfile line 2: ENV cannot be read: a " stays open in "x'],
    [
      `FROM deno\nENV A=\${B\n${CMD}`,
      "Dockerfile line 2: ENV cannot be read: a { stays open in ${B",
    ],
    [
      `FROM deno\nENV A=\${B#c}\n${CMD}`,
      "Dockerfile line 2: ENV cannot be read: unsupported variable ${B#c}",
    ],
    [`FROM deno\nCOPY a\n${CMD}`, "Dockerfile line 2: COPY needs at least one source and a target"],
    [
      `FROM deno\nCOPY a b c\n${CMD}`,
      "Dockerfile line 2: COPY of several sources needs a target that ends in /: c",
    ],
    [
      `FROM deno\nCOPY ../secret .\n${CMD}`,
      "Dockerfile line 2: COPY must stay inside the build context: ../secret",
    ],
    [
      `FROM deno\nCOPY a/../../b .\n${CMD}`,
      "Dockerfile line 2: COPY must stay inside the build context: a/../../b",
    ],
    [`FROM deno\nEXPOSE http\n${CMD}`, "Dockerfile line 2: EXPOSE needs a port: http"],
    [`FROM deno\nWORKDIR $NONE\n${CMD}`, "Dockerfile line 2: WORKDIR needs a path"],
    [`FROM deno\nUSER\n${CMD}`, "Dockerfile line 2: USER needs a name"],
    [`FROM deno\nARG\n${CMD}`, "Dockerfile line 2: ARG needs a name"],
  ];
  for (const [text, message] of cases) assert.equal(refusal(text), message);
});

Deno.test("readDenoCommand() reads what `deno run` is asked", () => {
  const words = "deno run -A --quiet --v8-flags=--max-heap-size=200 -c deno.json main.ts --port 1"
    .split(" ");
  const program = readDenoCommand({ line: 1, words });
  assert.deepEqual(Object.keys(program.asked).sort(), [
    "env",
    "ffi",
    "import",
    "net",
    "read",
    "run",
    "sys",
    "write",
  ]);
  assert.deepEqual(program.flags, ["--quiet", "--v8-flags=--max-heap-size=200"]);
  assert.deepEqual(program.files, [{ flag: "-c", path: "deno.json" }]);
  assert.deepEqual([program.script, program.args], ["main.ts", ["--port", "1"]]);
  // the official image's entry point puts `deno` in front by itself
  assert.equal(readDenoCommand({ line: 1, words: ["run", "-N", "main.ts"] }).asked.net, "all");
  assert.equal(
    readDenoCommand({ line: 1, words: ["/usr/bin/deno", "run", "main.ts"] }).script,
    "main.ts",
  );
  const named = readDenoCommand({
    line: 1,
    words: ["deno", "run", "-R=a", "--allow-read=b,c", "--allow-env=A", "-E", "x"],
  });
  assert.deepEqual(named.asked, { read: ["a", "b", "c"], env: "all" });
});

Deno.test("readDenoCommand() refuses what is no Deno program, or may not be run so", () => {
  const cases: [string, RegExp][] = [
    ["python score.py", /^Dockerfile line 4: CMD must be a Deno program/],
    ["sh -c deno", /must be a Deno program/],
    ["./deno run x.js", /must be a Deno program/],
    ["deno serve x.js", /must be a Deno program/],
    ["deno task start", /must be a Deno program/],
    ["deno run", /CMD names no program/],
    ["deno run --allow-net", /CMD names no program/],
    ["deno run https://example.com/x.ts", /must run a file of the build context: https:/],
    ["deno run npm:cowsay", /must run a file of the build context/],
    ["deno run --inspect=0.0.0.0:9229 x.js", /flag that Local Azure does not follow: --inspect/],
    ["deno run --env-file=.env x.js", /does not follow: --env-file/],
    ["deno run --preload=y.js x.js", /does not follow: --preload/],
    ["deno run --allow-scripts x.js", /does not follow: --allow-scripts/],
    ["deno run --config", /needs a file after --config/],
  ];
  for (const [command, message] of cases) {
    assert.throws(
      () => readDenoCommand({ line: 4, words: command.split(" ") }),
      { name: "DeploymentError", code: "ImageBuildFailure", message },
      command,
    );
  }
});

Deno.test("childArguments() gives a part of what was asked, and nothing that was not", () => {
  const place = { root: "/d,r", workdir: "/app", port: 4000, localPort: 7070, hasConfig: false };
  const args = (command: string) => {
    const { args, refused } = childArguments(
      readDenoCommand({ line: 1, words: command.split(" ") }),
      place,
    );
    return { allowed: args.filter((arg) => arg.startsWith("--allow")), args, refused };
  };
  const bare = args("deno run x.js");
  assert.deepEqual(bare.allowed, []);
  assert.deepEqual(bare.refused, []);
  assert.deepEqual(bare.args, [
    ...["run", "--no-prompt", "--deny-run", "--deny-ffi", "--deny-import", "--cached-only"],
    ...["--no-config", "--no-lock", "/d,r/app/x.js"],
  ]);
  assert.deepEqual(args("deno run -A x.js").allowed, [
    "--allow-read=/d,,r",
    "--allow-write=/d,,r/tmp",
    "--allow-net=127.0.0.1:4000,0.0.0.0:4000,localhost:4000,127.0.0.1:7070,localhost:7070",
    "--allow-env",
    "--allow-sys",
  ]);
  const narrow = args(
    "deno run -R=../etc,data -W=/tmp/../etc,/tmp/x -E=A,B -S=hostname --allow-run=ls ../../x.js y",
  );
  assert.deepEqual(narrow.allowed, [
    ...[
      "--allow-read=/d,,r/etc,/d,,r/app/data",
      "--allow-write=/d,,r/tmp/x",
      "--allow-env=A,B",
      "--allow-sys=hostname",
    ],
  ]);
  assert.deepEqual(narrow.refused, ["write outside /tmp", "run"]);
  assert.deepEqual(narrow.args.slice(-2), ["/d,r/x.js", "y"]);
  const configured =
    args("deno run --import-map=/maps/a.json --config conf.json --lock=deno.lock x.js").args;
  assert.ok(!configured.includes("--no-config") && !configured.includes("--no-lock"));
  assert.ok(
    configured.includes("--config=/d,r/app/conf.json") &&
      configured.includes("--import-map=/d,r/maps/a.json"),
  );
});

Deno.test("makeImage() copies as Docker does", async () => {
  const files: Record<string, string> = {
    "a.js": "a",
    "b.js": "b",
    "b.txt": "text",
    "lib/one.js": "1",
    "lib/deep/two.js": "2",
    "lib2/three.js": "3",
    "odd[1].js": "odd",
  };
  const cases: [string, Record<string, string>][] = [
    ["COPY a.js .", { "w/a.js": "a" }],
    ["COPY a.js /w", { "w/a.js": "a" }], // it is a folder already
    ["COPY a.js /main.js", { "main.js": "a" }],
    ["COPY a.js b.js /x/", { "x/a.js": "a", "x/b.js": "b" }],
    ["COPY lib /x", { "x/one.js": "1", "x/deep/two.js": "2" }],
    ["COPY lib/ lib2 /x/", { "x/one.js": "1", "x/deep/two.js": "2", "x/three.js": "3" }],
    ["COPY *.js /x/", { "x/a.js": "a", "x/b.js": "b", "x/odd[1].js": "odd" }],
    ["COPY ?.js /x/", { "x/a.js": "a", "x/b.js": "b" }],
    ["COPY [b-z].* /x/", { "x/b.js": "b", "x/b.txt": "text" }],
    ["COPY odd[[]1].js /x/", { "x/odd[1].js": "odd" }],
    ["COPY lib* /x/", { "x/one.js": "1", "x/deep/two.js": "2", "x/three.js": "3" }],
    ["COPY a.js /x.js\nCOPY b.js /x.js", { "x.js": "b" }],
    ["COPY b.txt /../../x.txt", { "x.txt": "text" }],
  ];
  for (const [lines, expected] of cases) {
    const blobs = memoryBlobs(Object.fromEntries([
      ...Object.entries(files).map(([name, text]) => [`code/up/ctx/${name}`, text]),
      ["code/up/ctx/docker/File", `FROM deno\nWORKDIR /w\n${lines}\n${CMD}`],
      ["code/up/ctx-other/x", "not of the context"],
    ]));
    const spec = specOf("x", {
      context: { container: "code", path: "up/ctx", dockerfile: "./docker/File" },
    });
    const folder = await Deno.makeTempDir({ prefix: "local-azure-image-" });
    try {
      await makeImage(`${folder}/root`, blobs, spec, await readContext(blobs, spec));
      assert.deepEqual(readTree(`${folder}/root`), expected, lines);
      assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["root"]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }
});

Deno.test("makeImage() copies the whole context with a dot, and says what it cannot copy", async () => {
  const blobs = (lines: string) =>
    memoryBlobs({
      "code/c/Dockerfile": `FROM deno\n${lines}\n${CMD}`,
      "code/c/x/y.js": "y",
      "code/c/z.js": "z",
    });
  const spec = specOf("x", { context: { container: "code", path: "c", dockerfile: "Dockerfile" } });
  const make = async (lines: string) => {
    const folder = await Deno.makeTempDir({ prefix: "local-azure-image-" });
    try {
      const from = blobs(lines);
      await makeImage(`${folder}/root`, from, spec, await readContext(from, spec));
      return readTree(`${folder}/root`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  };
  assert.deepEqual(Object.keys(await make("COPY . /app")).sort(), [
    "app/Dockerfile",
    "app/x/y.js",
    "app/z.js",
  ]);
  const cases: [string, RegExp][] = [
    ["COPY w.js .", /^Dockerfile line 2: COPY failed: there is no w\.js in the build context$/],
    ["COPY *.ts /x/", /there is no \*\.ts/],
    ["COPY *.js Dockerfil[e] /x", /needs a target that ends in \//],
    ["COPY z.js /f\nCOPY x /f", /^Dockerfile line 3: COPY failed: /],
  ];
  for (const [lines, message] of cases) {
    await assert.rejects(make(lines), {
      name: "DeploymentError",
      code: "ImageBuildFailure",
      message,
    }, lines);
  }
});

/** Files of a folder: relative path → text. */
function readTree(folder: string, below = ""): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const { name, isDirectory } of Deno.readDirSync(`${folder}/${below}`)) {
    const path = below ? `${below}/${name}` : name;
    if (isDirectory) Object.assign(texts, readTree(folder, path));
    else texts[path] = Deno.readTextFileSync(`${folder}/${path}`);
  }
  return texts;
}
