/** Drives a JupyterLab that `deno task lab` started, in a real browser. */

import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import { nextFreePort } from "../../scripts/ports.ts";

const ROOT = resolve(import.meta.dirname!, "../..");
const TOKEN = "browser-test";

/** A running JupyterLab. */
export interface Lab {
  /** Its address, without a slash at the end. */
  readonly url: string;
  /** Stops it and its kernels, and waits until it is gone. */
  stop(): Promise<void>;
}

/** What was seen of one code cell after it ran. */
export interface CellSeen {
  /** Its number in the notebook's code cells, from 1. */
  readonly cell: number;
  /** Its first line. */
  readonly source: string;
  /** The number in its brackets; null when it did not run. */
  readonly count: number | null;
  /** Name and message of an error output. */
  readonly error: string | null;
  /** Pictures on the page under the cell that were drawn, i.e. have a width of their own. */
  readonly images: number;
  /** HTML tables on the page under the cell. */
  readonly tables: number;
  /** All its output as text. */
  readonly text: string;
}

/**
 * Starts JupyterLab by the project's own script and waits until it answers.
 *
 * @param env Environment variables set or changed for it.
 * @returns The running JupyterLab; call `stop`.
 * @throws {Error} If it ends, or does not answer within two minutes; with what it printed.
 */
export async function startLab(env: Record<string, string> = {}): Promise<Lab> {
  const port = nextFreePort(18888), url = `http://127.0.0.1:${port}`;
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", join(ROOT, "scripts/lab.ts"), "--no-browser", `--port=${port}`],
      ...["--ServerApp.port_retries=0", `--IdentityProvider.token=${TOKEN}`],
      "--LabApp.expose_app_in_browser=True",
    ],
    ...{ env, stdin: "null", stdout: "null", stderr: "piped" } as const,
  }).spawn();
  let said = "", ended = false;
  const reading = (async () => {
    for await (const text of process.stderr.pipeThrough(new TextDecoderStream())) said += text;
  })();
  const end = process.status.then(() => ended = true);
  const stop = async () => {
    if (!ended) process.kill("SIGTERM");
    await Promise.all([end, reading]);
  };
  const answers = () =>
    fetch(`${url}/api/status?token=${TOKEN}`).then(async (response) => {
      await response.body?.cancel();
      return response.ok;
    }, () => false);
  const deadline = Date.now() + 120_000;
  while (!await answers()) {
    if (ended || Date.now() > deadline) {
      await stop();
      throw new Error(`Cannot start JupyterLab: ${said.split("\n").slice(-8).join("\n")}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { url, stop };
}

/**
 * Opens a notebook, in a workspace of its own so that the user's layout stays, and waits until its
 * kernel is ready. Saving is answered but not done: the notebook file is left as it is.
 *
 * @param page A page of the browser.
 * @param place `lab`, and `path`: the notebook, from the top of the checkout.
 */
export async function openNotebook(
  page: Page,
  { lab, path }: { lab: Lab; path: string },
): Promise<void> {
  await page.route("**/api/contents/**", async (route) => {
    if (route.request().method() !== "PUT") return await route.fallback();
    const current = new URL(route.request().url());
    current.searchParams.set("content", "0");
    await route.fulfill({ response: await route.fetch({ url: current.href, method: "GET" }) });
  });
  await page.goto(`${lab.url}/lab/workspaces/browser-test/tree/${path}?token=${TOKEN}&reset`);
  // strings, not functions: they run in the page, and the project has no types of the DOM
  await page.waitForFunction(
    `(() => {
      const context = globalThis.jupyterapp?.shell.currentWidget?.sessionContext;
      const kernel = context?.session?.kernel;
      return context?.isReady && kernel?.status === "idle" && kernel.connectionStatus === "connected";
    })()`,
    undefined,
    { timeout: 60_000 },
  );
}

/**
 * Runs the open notebook as a presenter does, with Shift+Enter from the first cell to the last;
 * stops at the first cell that fails.
 *
 * @param page The page with the notebook.
 * @returns What was seen of each code cell.
 */
export async function runCellByCell(page: Page): Promise<CellSeen[]> {
  const cells = await page.evaluate(`(() => {
    const notebook = jupyterapp.shell.currentWidget.content;
    notebook.activeCellIndex = 0;
    return notebook.widgets.length;
  })()`) as number;
  for (let cell = 0; cell < cells; cell++) {
    // resolves when the cell has run: true, or false when it failed
    const ok = await page.evaluate(
      `jupyterapp.commands.execute("notebook:run-cell-and-select-next")`,
    );
    if (ok === false) break;
  }
  await page.waitForTimeout(500); // pictures are drawn
  return await page.evaluate(`jupyterapp.shell.currentWidget.content.widgets.slice(0, ${cells})
    .filter((cell) => cell.model.type === "code")
    .map((cell, i) => {
      const { source, execution_count, outputs } = cell.model.toJSON();
      const error = outputs.find((output) => output.output_type === "error");
      const area = cell.node.querySelector(".jp-Cell-outputArea");
      const all = (selector) => [...area?.querySelectorAll(selector) ?? []];
      return {
        cell: i + 1,
        source: [source].flat().join("").trim().split("\\n")[0],
        count: execution_count,
        error: error ? error.ename + ": " + error.evalue : null,
        images: all("img").filter((image) => image.naturalWidth > 0).length + all(":is(.jp-RenderedHTMLCommon, .jp-RenderedSVG) svg").length,
        tables: all("table").length,
        text: area?.textContent ?? "",
      };
    })`) as CellSeen[];
}
