/** The dashboard over HTTP: one page, for browsers on this machine and nobody else. */

/** Options of {@linkcode answerDashboard}. */
export interface AnswerOptions {
  /** What the page is called. Default `The dashboard`. */
  readonly name?: string;
  /** Where its forms may go, as CSP has it. Default `'none'`. */
  readonly formAction?: "'none'" | "'self'";
}

/** Headers of every answer: the page may load nothing, be framed by nobody and kept nowhere. */
const headersFor = (formAction: string) => ({
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; " +
    `form-action ${formAction}; frame-ancestors 'none'`,
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
});

/** Names under which a browser on this machine finds it. */
const HOSTS: readonly string[] = ["127.0.0.1", "localhost"];

/**
 * Answers a request for the dashboard. A request under another host name is refused, since a page
 * elsewhere may have its own name point here (DNS rebinding).
 *
 * @param request The request.
 * @param page Makes the page; called for each load, with one page for loads that come together.
 * @param options See {@linkcode AnswerOptions}.
 * @returns 200 with the page; 405 for other methods than GET, 404 for other paths, 421 for other hosts.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { answerDashboard } from "lib/lifecycle/mod.ts";
 *
 * const page = () => Promise.resolve("<!doctype html>");
 * const ask = (url: string, options?: RequestInit) => answerDashboard(new Request(url, options), page);
 * assert.equal((await ask("http://127.0.0.1:8080/")).status, 200);
 * assert.equal((await ask("http://127.0.0.1:8080/", { method: "POST" })).status, 405);
 * assert.equal((await ask("http://evil.example:8080/")).status, 421);
 * ```
 */
export async function answerDashboard(
  request: Request,
  page: () => Promise<string>,
  { name: called = "The dashboard", formAction = "'none'" }: AnswerOptions = {},
): Promise<Response> {
  const headers = headersFor(formAction);
  const { pathname, host } = new URL(request.url);
  const name = (request.headers.get("host") ?? host).toLowerCase().replace(/:\d+$/, "");
  if (!HOSTS.includes(name)) return refuse(421, `${called} answers under 127.0.0.1 only.`);
  if (request.method !== "GET") {
    return refuse(405, `${called} can only be read.`, { allow: "GET" });
  }
  if (pathname !== "/" && pathname !== "/index.html") return refuse(404, `${called} is at /.`);
  return new Response(await page(), {
    headers: { ...headers, "content-type": "text/html; charset=utf-8" },
  });
}

function refuse(status: number, line: string, more: Record<string, string> = {}): Response {
  const headers = { ...headersFor("'none'"), ...more, "content-type": "text/plain; charset=utf-8" };
  return new Response(`${line}\n`, { status, headers });
}
