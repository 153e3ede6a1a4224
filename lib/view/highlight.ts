/** Colours for code, as HTML that needs no script in the page. */

// @ts-types="./highlight_js.d.ts"
import defer * as core from "highlight.js/lib/core";
// @ts-types="./highlight_js.d.ts"
import defer * as bash from "highlight.js/lib/languages/bash";
// @ts-types="./highlight_js.d.ts"
import defer * as json from "highlight.js/lib/languages/json";
// @ts-types="./highlight_js.d.ts"
import defer * as typescript from "highlight.js/lib/languages/typescript";
import { escapeMarkup } from "./markup.ts";

/** Names under which people ask for the languages known here. */
const LANGUAGES: Readonly<Record<string, "bash" | "json" | "typescript">> = {
  ts: "typescript",
  typescript: "typescript",
  js: "typescript",
  javascript: "typescript",
  json: "json",
  sh: "bash",
  bash: "bash",
  shell: "bash",
};

let registered = false;

/**
 * Code with its words wrapped in `<span class="hljs-…">`.
 *
 * @param code The code, any text.
 * @param language `ts`, `js`, `json`, `sh` or their long names; other code stays plain.
 * @returns HTML for the inside of a `<code>`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { highlight } from "./highlight.ts";
 *
 * assert.equal(highlight("const", "ts"), '<span class="hljs-keyword">const</span>');
 * assert.equal(highlight("a < b", "plain"), "a &lt; b");
 * ```
 */
export function highlight(code: string, language: string): string {
  const known = LANGUAGES[language.toLowerCase()];
  if (!known) return escapeMarkup(code);
  const hljs = core.default;
  if (!registered) {
    hljs.registerLanguage("bash", bash.default);
    hljs.registerLanguage("json", json.default);
    hljs.registerLanguage("typescript", typescript.default);
    registered = true;
  }
  return hljs.highlight(code, { language: known }).value;
}
