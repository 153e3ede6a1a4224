/** What the assertions of the conformance check work with. */

import type { Workspace } from "./workspace.ts";

/** What the contract says of one thing, and how to see whether it is so. */
export interface Assertion {
  /** What is looked at, in a few words. */
  readonly name: string;
  /** Where `azure-ml-contract.md` says it. */
  readonly section: string;
  /** What is to be seen. */
  readonly expected: string;
  /** Does it, and tells what was seen in the words of `expected`. */
  see(context: Context): Promise<string>;
}

/** Names of what the check makes; nothing else is touched. */
export interface CheckNames {
  /** Model, data and environment. */
  readonly asset: string;
  /** The endpoint. */
  readonly endpoint: string;
  /** The deployment behind it. */
  readonly deployment: string;
}

/** An answer of the control plane, as it came. */
export interface RawAnswer {
  /** HTTP status. */
  readonly status: number;
  /** Its headers. */
  readonly headers: Headers;
  /** Its body. */
  readonly text: string;
  /** The body as JSON; undefined where it is none. */
  // deno-lint-ignore no-explicit-any -- what it has is what is looked at
  readonly body: any;
}

/** What the assertions share. */
export interface Context {
  /** Where everything is asked. */
  readonly workspace: Workspace;
  /** Names of what is made. */
  readonly names: CheckNames;
  /** The machine of the deployment. */
  readonly instanceType: string;
  /** A request below the workspace, without the SDK between: what it fills in cannot be taken for the server's. */
  raw(method: string, path: string, body?: object): Promise<RawAnswer>;
  /** Code of the last answer to `raw` or `ended`; nothing before the first. */
  last(): string;
  /** Polls an address of an operation until it has ended. */
  ended(url: string): Promise<RawAnswer>;
  /** Raised when the check is given up. */
  readonly signal?: AbortSignal;
  /** Something that an earlier assertion has made. */
  made: { modelId?: string; environmentId?: string; scoringUrl?: string; secondary?: string };
  /** Names of blobs that were uploaded. */
  readonly blobs: string[];
  /** Waits until something holds, for so many seconds at most. */
  until(seconds: number, holds: () => Promise<boolean>): Promise<boolean>;
}

/** The API version that the contract is about. */
const API_VERSION = "2022-10-01";

/**
 * Makes the context.
 *
 * @param workspace Open.
 * @param options Names, the machine's size, milliseconds between polls, and what ends the waiting.
 */
export function checkContextOf(
  workspace: Workspace,
  { names, instanceType, intervalMs, signal }: {
    names: CheckNames;
    instanceType: string;
    intervalMs: number;
    signal?: AbortSignal;
  },
): Context {
  const { azure } = workspace, { target } = azure;
  const home = `https://management.azure.com/subscriptions/${target.subscriptionId}` +
    `/resourceGroups/${target.resourceGroup}/providers/Microsoft.MachineLearningServices` +
    `/workspaces/${target.workspace}`;
  const pause = () => new Promise<void>((done) => setTimeout(done, intervalMs));

  let last = "";

  async function call(method: string, url: string, body?: object): Promise<RawAnswer> {
    const response = await azure.armFetch(url, {
      method,
      ...body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } },
    });
    const { status, headers } = response, text = await response.text();
    const isJson = headers.get("content-type")?.includes("json") && text !== "";
    const answer = { status, headers, text, body: isJson ? JSON.parse(text) : undefined };
    last = codeOf(answer);
    return answer;
  }

  return {
    ...{ workspace, names, instanceType, signal, made: {}, blobs: [] },
    last: () => last,
    raw(method, path, body) {
      const joint = path.includes("?") ? "&" : "?";
      return call(method, `${home}${path}${joint}api-version=${API_VERSION}`, body);
    },
    async ended(url) {
      for (;;) {
        const answer = await call("GET", url);
        const word = String(answer.body?.status ?? "").toLowerCase();
        const isOver = answer.status !== 202 &&
          (word === "" || ["succeeded", "failed", "canceled"].includes(word));
        if (isOver || signal?.aborted) return answer;
        await pause();
      }
    },
    async until(seconds, holds) {
      for (const end = performance.now() + 1000 * seconds;;) {
        if (await holds()) return true;
        if (performance.now() > end || signal?.aborted) return false;
        await pause();
      }
    },
  };
}

/** The code of an error's body, or the status where it is none. */
export function codeOf({ status, body }: RawAnswer): string {
  return body?.error?.code ? `${status} ${body.error.code}` : String(status);
}
