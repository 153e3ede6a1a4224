/**
 * `deno task dashboard`: how the endpoint in use stands, as a page; served until Ctrl-C.
 *
 * Permissions: `net` for the target's services and for serving on 127.0.0.1, `read`, `write` of `.local`
 * and `out/dashboard`, `run` of deno (it starts Local Azure), `env` and `sys` (the SDKs).
 *
 * @module
 */

import { findLocalAzure, readTarget } from "lib/azure/mod.ts";
import { BadInput, redact } from "lib/core/mod.ts";
// not by the room's front door: it loads native packages, which this task has no right to
import {
  DASHBOARD_FILE,
  dashboardErrorPage,
  dashboardPage,
  writeDashboard,
} from "lib/lifecycle/dashboard.ts";
import { answerDashboard } from "lib/lifecycle/dashboard_answer.ts";
import {
  checkDashboardChoice,
  type DashboardChoice,
  readDashboard,
} from "lib/lifecycle/dashboard_data.ts";
import { replaceFile } from "lib/lifecycle/files.ts";
import { openWorkspace, type Workspace } from "lib/lifecycle/workspace.ts";
import { EXIT, main, readFlags } from "./cli.ts";
import { nextFreePort } from "./ports.ts";

/** Where it is reached, if nothing else is there; and how often a browser asks again. */
const PORT = 8080, REFRESH_SECONDS = 5;

const HELP = `deno task dashboard [--endpoint NAME] [--model NAME] [--once] [--port N] [--debug]

Writes out/dashboard/index.html: versions and traffic, accuracy, drift, latency, alerts, decisions.
Then serves the same on 127.0.0.1, read anew at each load, until Ctrl-C.
  --endpoint NAME   default: the only endpoint whose name ends in -live
  --model NAME      default: the model that the endpoint serves
  --once            write the page and end
  --port N          port on 127.0.0.1 (default ${PORT}, or the next free one)
Exit: 0 written, or ended by Ctrl-C; 1 it cannot be read; 2 wrong usage`;

if (import.meta.main) await main("dashboard", run);

async function run(): Promise<number> {
  const names = ["endpoint", "model", "port"];
  const { on, values, words } = readFlags({ on: ["once"], values: names });
  if (on.has("help")) return console.log(HELP), EXIT.done;
  if (words.length > 0) {
    throw new BadInput({ field: "dashboard", rule: "must be given flags only", value: words[0] });
  }
  const given = (name: string) => values[name]?.at(-1);
  const choice = checkDashboardChoice({ endpoint: given("endpoint"), model: given("model") });
  const port = portOf(given("port"));
  const workspace = await openWorkspace();
  const { file, data: { notices } } = await writeDashboard(workspace, choice);
  for (const notice of notices) console.log(notice);
  console.log(`Dashboard: ${file}`);
  return on.has("once") ? EXIT.done : await serve(workspace, choice, port);
}

async function serve(first: Workspace, choice: DashboardChoice, wanted = PORT): Promise<number> {
  const stop = Promise.withResolvers<void>();
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) Deno.addSignalListener(signal, stop.resolve);
  const page = shared(pageMaker(first, choice)), port = nextFreePort(wanted);
  const ending = new AbortController();
  const server = Deno.serve({
    ...{ hostname: "127.0.0.1", port, signal: ending.signal, onListen: () => {} },
  }, (request) => answerDashboard(request, page));
  if (port !== wanted) console.log(`Port ${wanted} is taken: taking ${port}`);
  console.log(`Dashboard: http://127.0.0.1:${port} (Ctrl-C ends it)`);
  await stop.promise;
  ending.abort(); // a browser's open connection must not hold it
  await server.finished;
  return EXIT.done;
}

/** Makes the page anew, also of a Local Azure that was started again; starts none by itself. */
function pageMaker(first: Workspace, choice: DashboardChoice): () => Promise<string> {
  const refreshSeconds = REFRESH_SECONDS;
  let workspace: Workspace | undefined = first;
  return async () => {
    try {
      if (!workspace && readTarget().kind === "local" && !await findLocalAzure()) {
        throw new Error("Local Azure has ended: deno task local-azure, or any notebook, starts it");
      }
      workspace ??= await openWorkspace();
      const data = await readDashboard(workspace, choice);
      await replaceFile(DASHBOARD_FILE, dashboardPage(data));
      return dashboardPage(data, { refreshSeconds });
    } catch (error) {
      workspace = undefined;
      const [line] = String(redact((error as Error).message)).split("\n");
      return dashboardErrorPage(line, new Date().toISOString(), { refreshSeconds });
    }
  };
}

/** One call for all who ask while it runs. */
function shared<T>(make: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => running ??= make().finally(() => running = undefined);
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  const rule = "must be a whole number from 1 to 65535";
  throw new BadInput({ field: "--port", rule, value: text });
}
