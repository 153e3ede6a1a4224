/** Answers of the MLflow service: JSON, and the pages that its framework has for wrong paths. */

import type { JsonRecord } from "lib/core/mod.ts";

/** A body of JSON. */
export function json(status: number, body: JsonRecord): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json", "x-content-type-options": "nosniff" },
  });
}

/** What there is no JSON for, as the server's framework words it. */
export function page(status: 404 | 405, methods: readonly string[] = []): Response {
  const [title, text] = status === 404
    ? ["Not Found", "The requested URL was not found on the server."]
    : ["Method Not Allowed", "The method is not allowed for the requested URL."];
  const html = `<!doctype html>\n<html lang=en>\n<title>${status} ${title}</title>\n` +
    `<h1>${title}</h1>\n<p>${text}</p>\n`;
  return new Response(html, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      ...(methods.length > 0 ? { allow: methods.join(", ") } : {}),
    },
  });
}
