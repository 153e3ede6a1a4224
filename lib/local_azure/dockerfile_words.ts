/** The words of a Dockerfile's instruction: quotes, escapes and variables. */

/** Options of {@linkcode expandWord}. */
export interface WordOptions {
  /** The value of a variable; undefined where it is not set. */
  readonly lookup: (name: string) => string | undefined;
  /** The file's escape character. Default a backslash. */
  readonly escape?: string;
}

/**
 * Splits at white space that is neither quoted nor escaped. Quotes and escapes stay in the words.
 *
 * @param text The rest of an instruction.
 * @param escape The file's escape character. Default a backslash.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { splitWords } from "lib/local_azure/dockerfile_words.ts";
 *
 * assert.deepEqual(splitWords(`A="b c" D=e\\ f`), [`A="b c"`, "D=e\\ f"]);
 * ```
 */
export function splitWords(text: string, escape = "\\"): string[] {
  const words: string[] = [];
  let word = "", quote = "";
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === escape && quote !== "'" && at + 1 < text.length) {
      word += character + text[++at];
    } else if (quote === "" && /\s/.test(character)) {
      if (word !== "") words.push(word);
      word = "";
    } else {
      if (character === quote) quote = "";
      else if (quote === "" && (character === '"' || character === "'")) quote = character;
      word += character;
    }
  }
  if (word !== "") words.push(word);
  return words;
}

/**
 * Takes the quotes off a word and puts its variables in: `$NAME`, `${NAME}`, `${NAME:-word}` and
 * `${NAME:+word}`. In single quotes nothing is put in.
 *
 * @param word One word.
 * @param options See {@linkcode WordOptions}.
 * @returns What it stands for; a variable that is not set stands for nothing.
 * @throws {SyntaxError} If a quote or a brace stays open, or a brace holds something else.
 * @see Dockerfile reference, *Environment replacement*.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { expandWord } from "lib/local_azure/dockerfile_words.ts";
 *
 * const lookup = (name: string) => ({ V: "2.9" } as Record<string, string>)[name];
 * assert.equal(expandWord(`"deno:$V"`, { lookup }), "deno:2.9");
 * assert.equal(expandWord("${X:-none}'$V'\\$V", { lookup }), "none$V$V");
 * ```
 */
export function expandWord(word: string, { lookup, escape = "\\" }: WordOptions): string {
  let text = "", quote = "", at = 0;
  while (at < word.length) {
    const character = word[at];
    if (character === escape && quote !== "'" && at + 1 < word.length) {
      // Inside double quotes only these are escaped; before another character the escape stays.
      const isPlain = quote === '"' && !['"', "$", escape].includes(word[at + 1]);
      text += isPlain ? character + word[at + 1] : word[at + 1];
      at += 2;
    } else if (character === quote) {
      quote = "";
      at++;
    } else if (quote === "" && (character === '"' || character === "'")) {
      quote = character;
      at++;
    } else if (character === "$" && quote !== "'") {
      const variable = variableAt(word, at);
      text += valueOf(variable, { lookup, escape });
      at += variable.length;
    } else {
      text += character;
      at++;
    }
  }
  if (quote !== "") throw new SyntaxError(`a ${quote} stays open in ${word}`);
  return text;
}

/** The text of the variable that begins at a `$`, or `$` alone if none does. */
function variableAt(word: string, at: number): string {
  if (word[at + 1] !== "{") return /^\$\w+/.exec(word.slice(at))?.[0] ?? "$";
  let depth = 0;
  for (let end = at + 1; end < word.length; end++) {
    if (word[end] === "{") depth++;
    else if (word[end] === "}" && --depth === 0) return word.slice(at, end + 1);
  }
  throw new SyntaxError(`a { stays open in ${word}`);
}

function valueOf(variable: string, options: WordOptions): string {
  if (variable === "$") return "$";
  const plain = /^\$(?:(\w+)|\{(\w+)\})$/.exec(variable);
  if (plain) return options.lookup(plain[1] ?? plain[2]) ?? "";
  const [, name, operator, word] = /^\$\{(\w+):([-+])([^]*)\}$/.exec(variable) ?? [];
  if (!name) throw new SyntaxError(`unsupported variable ${variable}`);
  const value = options.lookup(name), isThere = value !== undefined && value !== "";
  if (operator === "-") return isThere ? value : expandWord(word, options);
  return isThere ? expandWord(word, options) : "";
}

/** The words of a JSON array of strings, or nothing if the text is none. */
export function jsonWords(text: string): string[] | undefined {
  if (!text.startsWith("[")) return undefined;
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) && words.every((word) => typeof word === "string")
      ? words
      : undefined;
  } catch {
    return undefined; // Docker, too, takes what is no JSON for the shell form
  }
}
