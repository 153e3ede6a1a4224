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
import { portOf, servePage } from "./serve_page.ts";

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
  if (!on.has("once")) {
    const page = shared(pageMaker(workspace, choice));
    await servePage("Dashboard", port ?? PORT, (request) => answerDashboard(request, page));
  }
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
