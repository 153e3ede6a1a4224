/**
 * Runs samples one after the other: `run.ts FOLDER NAME…`. Each ends when each of its functions has
 * printed a result or an error. A marker on both streams says where the output of each begins.
 */

import { pathToFileURL } from "node:url";
import { current } from "./client.ts";

/** Longest time that one sample may take, in milliseconds. */
const LONGEST_MS = 30_000;

const { log, error } = console;
let said = () => {};
console.log = (...parts: unknown[]) => (log(...parts), said());
console.error = (...parts: unknown[]) => (error(...parts), said());

const [folder, ...names] = Deno.args;
for (const name of names) {
  const path = `${folder}/${name}.js`;
  const calls = Deno.readTextFileSync(path).match(/\.catch\(console\.error\)/g)!.length;
  const ended = Promise.withResolvers<void>();
  let left = calls;
  said = () => --left === 0 && ended.resolve();
  log(`\u0001${name}`);
  error(`\u0001${name}`);
  current.sample = name;
  const timer = setTimeout(() => {
    error(`Cannot wait longer as ${LONGEST_MS} ms are over: ${left} of ${calls} have not ended`);
    ended.resolve();
  }, LONGEST_MS);
  await import(pathToFileURL(path).href);
  await ended.promise;
  clearTimeout(timer);
  log(`\u0002${calls - left}`);
}
