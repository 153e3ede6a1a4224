/**
 * `deno task runs`: the runs of the workspace's experiments, as a page that lists, filters and compares;
 * served until Ctrl-C.
 *
 * Permissions: `net` for the target's services and for serving on 127.0.0.1, `read`, `write` of `.local`
 * and `out/runs`, `run` of deno (it starts Local Azure), `env` and `sys` (the SDKs).
 *
 * @module
 */

import { BadInput, redact } from "lib/core/mod.ts";
// not by the room's front door: it loads native packages, which this task has no right to
import { answerDashboard } from "lib/lifecycle/dashboard_answer.ts";
import { replaceFile } from "lib/lifecycle/files.ts";
import { fromCheckout } from "lib/lifecycle/paths.ts";
import { readRuns, type RunsChoice } from "lib/lifecycle/runs_data.ts";
import { runsErrorPage, runsPage } from "lib/lifecycle/runs_page.ts";
import { openWorkspace, type Workspace } from "lib/lifecycle/workspace.ts";
import { EXIT, main, readFlags } from "./cli.ts";
import { portOf, servePage } from "./serve_page.ts";

/** Where it is reached, if nothing else is there; how many runs the static page compares. */
const PORT = 8090, COMPARED = 5;

/** Where the static page is written. */
const FILE = fromCheckout("out/runs/index.html");

const HELP =
  `deno task runs [--experiment NAME] [--filter TEXT] [--order TEXT] [--once] [--port N] [--debug]

Writes out/runs/index.html: the runs, and the first ${COMPARED} of them compared. Then serves a page on
127.0.0.1 that filters, orders and compares what is ticked, until Ctrl-C.
  --experiment NAME  default: all
  --filter TEXT      MLflow's filter, e.g. "metrics.oobAccuracy > 0.9 and params.trees = '50'"
  --order TEXT       e.g. "metrics.validationLogLoss ASC"; default: the newest first
  --once             write the page and end
  --port N           port on 127.0.0.1 (default ${PORT}, or the next free one)
Exit: 0 written, or ended by Ctrl-C; 1 they cannot be read; 2 wrong usage`;

if (import.meta.main) await main("runs", run);

async function run(): Promise<number> {
  const names = ["experiment", "filter", "order", "port"];
  const { on, values, words } = readFlags({ on: ["once"], values: names });
  if (on.has("help")) return console.log(HELP), EXIT.done;
  if (words.length > 0) {
    throw new BadInput({ field: "runs", rule: "must be given flags only", value: words[0] });
  }
  const given = (name: string) => values[name]?.at(-1), port = portOf(given("port"));
  const choice: RunsChoice = {
    ...{ experiment: given("experiment"), filter: given("filter"), order: given("order") },
  };
  const workspace = await openWorkspace(), listed = await read(workspace, choice);
  const compare = listed.runs.slice(0, COMPARED).map(({ runId }) => runId);
  const data = await read(workspace, { ...choice, compare });
  await replaceFile(FILE, runsPage(data));
  for (const notice of data.notices) console.log(notice);
  console.log(`Runs: ${FILE}`);
  if (!on.has("once")) {
    const again = (asked: RunsChoice) => read(workspace, asked);
    await servePage("Runs", port ?? PORT, (request) => answerRuns(request, again, choice));
  }
  return EXIT.done;
}

async function read({ azure, tracking }: Workspace, choice: RunsChoice) {
  const { kind, workspace } = azure.target;
  return await readRuns(tracking, choice, {
    ...{ place: `${kind}: ${workspace}`, at: new Date().toISOString() },
  });
}

/**
 * Answers a request for the page.
 *
 * @param request Its query has `experiment`, `filter`, `order`, `columns`, and `run` for each that is ticked.
 * @param read Reads the runs.
 * @param first What to show where the query is empty. Default: all runs.
 * @returns The page; one that says what went wrong, if it cannot be read.
 */
export async function answerRuns(
  request: Request,
  read: (choice: RunsChoice) => ReturnType<typeof readRuns>,
  first: RunsChoice = {},
): Promise<Response> {
  const { searchParams } = new URL(request.url);
  const given = (name: string) => searchParams.get(name)?.trim() || undefined;
  const choice: RunsChoice = searchParams.size === 0 ? first : {
    ...{ experiment: given("experiment"), filter: given("filter"), order: given("order") },
    ...{ columns: given("columns"), compare: searchParams.getAll("run") },
  };
  return await answerDashboard(request, async () => {
    try {
      return runsPage(await read(choice), { isServed: true });
    } catch (error) {
      const [line] = String(redact((error as Error).message)).split("\n");
      return runsErrorPage(line);
    }
  }, { name: "The page of runs", formAction: "'self'" });
}
