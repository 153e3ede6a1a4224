/**
 * The part of highlight.js that is used here. Its own types import a file that the package does not
 * export (11.12.0), which Deno warns of each time it looks at this room.
 */

/** The highlighter: the default export of `highlight.js/lib/core`. */
declare const hljs: {
  /** Teaches it a language. */
  registerLanguage(name: string, grammar: unknown): void;
  /** Code as HTML. */
  highlight(code: string, options: { language: string }): { readonly value: string };
};

export default hljs;
