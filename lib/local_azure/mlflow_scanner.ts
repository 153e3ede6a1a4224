/** Takes the texts of searches apart into names, operators and values. */

import { invalid } from "./mlflow_error.ts";
import type { Term, Vocabulary } from "./mlflow_vocabulary.ts";

/** Reads a text from left to right. Blanks between tokens do not matter. */
export interface Scanner {
  /** The next token if it is of that form. */
  take(form: RegExp): string | undefined;
  /** An entity and a key, or an attribute. */
  term(vocabulary: Vocabulary, use: "filter" | "order"): Term;
  /** An operator; upper case. */
  comparator(): string;
  /** A number without quotes, or with them where `quoted` says so. */
  number(key: string, quoted: boolean): number;
  /** A text in quotes. */
  text(what: string): string;
  /** Texts in brackets. */
  list(): string[];
  atEnd(): boolean;
  /** The error for whatever comes next. */
  fault(): Error;
}

const WORD = /[\p{L}\p{N}_]+/uy;
const DOTTED = /[\p{L}\p{N}_]+(?:\.[\p{L}\p{N}_]+)*/uy;
const BACKTICKS = /`(?:``|[^`])*`/y;
const TEXT = /'(?:''|\\'|[^'])*'|"(?:""|\\"|[^"])*"/y; // marks of escaping stay in it, as the server has it
const NUMBER = /-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?![\p{L}\p{N}_.])/iuy;
const OPERATOR = /[<>=!]+|(?:NOT\s+IN|IN|I?LIKE|IS\s+NOT NULL|IS\s+NULL)\b/iy;

/** A scanner at the beginning of a text. Its methods throw the 400 that says what is wrong. */
export function scan(source: string): Scanner {
  let at = 0;

  function here(form: RegExp): string | undefined {
    form.lastIndex = at;
    const found = form.exec(source)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  }

  function take(form: RegExp): string | undefined {
    here(/\s*/y);
    return here(form);
  }

  function fault(): Error {
    here(/\s*/y);
    const rest = source.slice(at);
    const found = rest === ""
      ? "the end"
      : `'${rest.length > 60 ? `${rest.slice(0, 60)}…` : rest}'`;
    return invalid(`Invalid clause(s) in filter string: did not expect ${found}`);
  }

  function name(form: RegExp): string | undefined {
    const quoted = here(BACKTICKS) ?? here(TEXT);
    return quoted === undefined ? here(form) : quoted.slice(1, -1);
  }

  function term(vocabulary: Vocabulary, use: "filter" | "order"): Term {
    here(/\s*/y);
    const start = at, first = name(WORD);
    if (first === undefined) throw fault();
    if (!here(/\./y)) return attributeIn(vocabulary, use, first);
    const entity = vocabulary.entities[first];
    if (!Object.hasOwn(vocabulary.entities, first)) {
      const names = Object.keys(vocabulary.entities).join("', '");
      throw invalid(`Invalid entity type '${first}'. Valid values are '${names}'`);
    }
    const key = name(DOTTED);
    if (key === undefined) {
      at = start;
      throw fault();
    }
    if (entity === "attribute") return attributeIn(vocabulary, use, key);
    if (use === "order" && !vocabulary.orderEntities.includes(entity)) {
      throw invalid(`Invalid order_by entity: ${entity}`);
    }
    if (entity === "dataset" && !["name", "digest", "context"].includes(key)) {
      throw invalid(`Invalid dataset key '${key}' specified. Valid keys are name, digest, context`);
    }
    return { entity, key };
  }

  return {
    take,
    term,
    comparator() {
      const found = take(OPERATOR);
      if (found === undefined) throw fault();
      return found.toUpperCase().replace(/\s+/g, " ");
    },
    number(key, quoted) {
      const found = take(NUMBER);
      if (found !== undefined) return Number(found);
      const text = quoted ? take(TEXT)?.slice(1, -1) : undefined;
      if (text !== undefined && /^-?\d+$/.test(text)) return Number(text);
      here(/\s*/y);
      const shown = source.slice(at).split(/\s/)[0];
      throw invalid(`Expected numeric value type for '${key}'. Found ${shown || "the end"}`);
    },
    text(what) {
      const found = take(TEXT);
      if (found !== undefined) return found.slice(1, -1);
      const shown = source.slice(at).split(/\s/)[0];
      throw invalid(
        `Expected a quoted string value for ${what} (e.g. 'my-value'). Got value ${shown}`,
      );
    },
    list() {
      const texts: string[] = [],
        broken = () =>
          invalid("While parsing a list in the query, expected a non-empty list of string values");
      if (!take(/\(/y)) throw fault();
      do {
        const text = take(TEXT);
        if (text === undefined) break;
        texts.push(text.slice(1, -1));
      } while (take(/,/y));
      if (!take(/\)/y) || texts.length === 0) throw broken();
      return texts;
    },
    atEnd() {
      here(/\s*/y);
      return at === source.length;
    },
    fault,
  };
}

function attributeIn(vocabulary: Vocabulary, use: "filter" | "order", name: string): Term {
  const { attributes } = vocabulary;
  const attribute = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  if (attribute && (use === "order" ? attribute.order !== "never" : attribute.order !== "only")) {
    return { entity: "attribute", key: attribute.is ?? name };
  }
  const names = Object.entries(attributes)
    .filter(([, { order }]) => use === "order" ? order !== "never" : order !== "only")
    .map(([name]) => name).join("', '");
  throw invalid(`Invalid attribute key '${name}' specified. Valid keys are '${names}'`);
}
