/** Names for runs that come without one. */

import { randomInt } from "node:crypto";

const KINDS = [
  "amber brave brisk calm clever coral crisp dapper eager fair fleet gentle glad golden hardy"
    .split(
      " ",
    ),
  "heron lynx marten otter owl plover puffin raven robin seal stoat swift tern vole wren".split(
    " ",
  ),
];

/** An adjective, an animal and a number, e.g. `calm-otter-417`. */
export function inventName(): string {
  const words = KINDS.map((words) => words[randomInt(words.length)]);
  return [...words, randomInt(1000)].join("-");
}
