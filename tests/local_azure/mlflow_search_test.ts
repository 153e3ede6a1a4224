import assert from "node:assert/strict";
import fc from "fast-check";
import { MlflowError } from "../../lib/local_azure/mlflow_error.ts";
import { type Condition, parseFilter, parseOrder } from "../../lib/local_azure/mlflow_filter.ts";
import { isLike } from "../../lib/local_azure/mlflow_match.ts";
import { RUNS, VERSIONS } from "../../lib/local_azure/mlflow_vocabulary.ts";
import { hostMlflow, type MlflowHost } from "./mlflow_host.ts";

/** A run as the test made it: the second opinion looks here, not into the service. */
interface Made {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly started: number;
  readonly ended: number | undefined;
  readonly metrics: Readonly<Record<string, number>>;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly datasets: readonly { name: string; digest: string; context: string }[];
}

const NUMBERS = [-1.5, 0, 0.5, 1, 1e300, NaN, Infinity, -Infinity];
const TEXTS = ["", "a", "A", "ab", "aXb", "a_b", "a%b", "x*", "[x]", "x?y", "é", "it's", 'say "x"'];
const KEYS = ["m", "f 1", "x.y", "a/b", "select"];
const STATUSES = ["RUNNING", "FINISHED", "FAILED"];

const pick = <T>(values: readonly T[]) => fc.constantFrom(...values);
const bag = <T>(value: fc.Arbitrary<T>) => fc.dictionary(pick(KEYS), value, { maxKeys: 3 });

const runs = fc.array(
  fc.record({
    name: pick(["a", "A", "ab", "run%"]),
    status: pick(STATUSES),
    started: pick([0, 1, 2]),
    ended: pick([undefined, 5, 6]),
    metrics: bag(pick(NUMBERS)),
    params: bag(pick(TEXTS)),
    tags: bag(pick(TEXTS)),
    datasets: fc.array(
      fc.record({
        name: pick(["iris", "wine"]),
        digest: pick(["1", "2"]),
        context: pick(["train", "test"]),
      }),
      { maxLength: 2 },
    ),
  }),
  { minLength: 40, maxLength: 40 },
);

/** Forty runs with much in common, the same every time. */
async function make({ post }: MlflowHost): Promise<Made[]> {
  const [drawn] = fc.sample(runs, { seed: 7, numRuns: 1 }), made: Made[] = [];
  const pairs = (bag: Readonly<Record<string, unknown>>) =>
    Object.entries(bag).map(([key, value]) => ({ key, value }));
  for (const run of drawn) {
    const { name, status, started, ended, metrics, params, tags, datasets } = run;
    const { body } = await post("runs/create", {
      ...{ experiment_id: "0", run_name: name, start_time: started },
    });
    const { run_id } = body.run.info;
    const values = pairs(metrics).map(({ key, value }) => ({
      key,
      value: String(value),
      timestamp: 1,
    }));
    await post("runs/log-batch", {
      run_id,
      metrics: values,
      params: pairs(params),
      tags: pairs(tags),
    });
    await post("runs/log-inputs", {
      run_id,
      datasets: datasets.map(({ name, digest, context }) => ({
        tags: [{ key: "mlflow.data.context", value: context }],
        dataset: { name, digest },
      })),
    });
    await post("runs/update", { run_id, status, end_time: ended });
    made.push({
      ...run,
      id: run_id,
      metrics: Object.fromEntries(
        pairs(metrics).map(({ key, value }) => [key, kept(Number(value))]),
      ),
      tags: { ...tags, "mlflow.runName": name },
      // of two with the same name and digest the first stays
      datasets: datasets.filter(({ name, digest }, i) =>
        datasets.findIndex((one) => one.name === name && one.digest === digest) === i
      ),
    });
  }
  return made;
}

function kept(value: number): number {
  if (value === Infinity) return Number.MAX_VALUE;
  return value === -Infinity ? -Number.MAX_VALUE : value;
}

const quote = (text: string) => text.includes("'") ? `"${text}"` : `'${text}'`;
const quotable = TEXTS.filter((text) => !(text.includes("'") && text.includes('"')));

/** A condition as text, and whether a run fits it. */
interface Question {
  readonly text: string;
  readonly fits: (run: Made) => boolean;
}

const spaced = pick([" ", "  "]);
const quotedKey = fc.tuple(pick(KEYS), pick(["`", '"'])).map(([key, mark]) => ({
  key,
  text: /^[\w.]+$/.test(key) && mark === '"' ? key : `${mark}${key}${mark}`,
}));

const numeric: Record<string, (a: number, b: number) => boolean> = {
  "=": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

/** LIKE by another road than the service's two: a regular expression. */
function like(text: string, pattern: string, flags: string): boolean {
  const source = pattern.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("%", ".*").replaceAll(
    "_",
    ".",
  );
  return new RegExp(`^${source}$`, `su${flags}`).test(text);
}

const textual: Record<string, (a: string, b: string) => boolean> = {
  "=": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  LIKE: (a, b) => like(a, b, ""),
  ilike: (a, b) => like(a, b, "i"),
};

const onMetric: fc.Arbitrary<Question> = fc.record({
  entity: pick(["metric", "metrics", "`metrics`"]),
  key: quotedKey,
  comparator: pick(Object.keys(numeric)),
  value: pick(["-1.5", "0", ".5", "1.", "5e-1", "1E300"]),
  gap: spaced,
}).map(({ entity, key, comparator, value, gap }) => ({
  text: `${entity}.${key.text}${gap}${comparator}${gap}${value}`,
  fits: ({ metrics }) => key.key in metrics && numeric[comparator](metrics[key.key], Number(value)),
}));

function onBag(words: readonly string[], bagOf: (run: Made) => Readonly<Record<string, string>>) {
  const compared: fc.Arbitrary<Question> = fc.record({
    entity: pick(words),
    key: quotedKey,
    comparator: pick(Object.keys(textual)),
    value: pick([...quotable, "a%", "%b", "_", "%", "%_%", "[%", "*", "é%"]),
  }).map(({ entity, key, comparator, value }) => ({
    text: `${entity}.${key.text} ${comparator} ${quote(value)}`,
    fits: (run) => key.key in bagOf(run) && textual[comparator](bagOf(run)[key.key], value),
  }));
  const present: fc.Arbitrary<Question> = fc.tuple(pick(words), quotedKey, fc.boolean())
    .map(([entity, key, isNull]) => ({
      text: `${entity}.${key.text} ${isNull ? "IS NULL" : "is not null"}`,
      fits: (run) => isNull !== key.key in bagOf(run),
    }));
  return fc.oneof({ weight: 3, arbitrary: compared }, { weight: 1, arbitrary: present });
}

const onAttribute: fc.Arbitrary<Question> = fc.oneof(
  fc.record({
    name: pick(["start_time", "attributes.start_time", "created", "attr.end_time", "end_time"]),
    comparator: pick(Object.keys(numeric)),
    value: pick([0, 1, 2, 5, 5.5]),
  }).map(({ name, comparator, value }) => ({
    text: `${name} ${comparator} ${value}`,
    fits: ({ started, ended }: Made) => {
      const actual = name.includes("end") ? ended : started;
      return actual !== undefined && numeric[comparator](actual, value);
    },
  })),
  fc.record({
    name: pick(["status", "run.status", "run_name", "attribute.`run name`", "`Run name`"]),
    comparator: pick(Object.keys(textual)),
    value: pick(["a", "A", "a%", "%", "run%", "FINISHED", "F%", "f%", "_b"]),
  }).map(({ name, comparator, value }) => ({
    text: `${name} ${comparator} '${value}'`,
    fits: (run: Made) => textual[comparator](/name/.test(name) ? run.name : run.status, value),
  })),
);

const onDataset: fc.Arbitrary<Question> = fc.oneof(
  fc.record({
    key: pick(["name", "digest", "context"] as const),
    comparator: pick(Object.keys(textual)),
    value: pick(["iris", "1", "train", "%", "t%"]),
  }).map(({ key, comparator, value }) => ({
    text: `dataset.${key} ${comparator} '${value}'`,
    fits: ({ datasets }: Made) => datasets.some((one) => textual[comparator](one[key], value)),
  })),
  fc.tuple(fc.boolean(), fc.subarray(["iris", "wine", "x"], { minLength: 1 })).map((
    [not, names],
  ) => ({
    text: `datasets.name ${not ? "NOT IN" : "IN"} (${names.map((name) => `'${name}'`).join(", ")})`,
    fits: ({ datasets }: Made) => datasets.some(({ name }) => names.includes(name) !== not),
  })),
);

const questions = fc.array(
  fc.oneof(
    onMetric,
    onBag(["param", "params", "parameter"], ({ params }) => params),
    onBag(["tag", "tags"], ({ tags }) => tags),
    onAttribute,
    onDataset,
  ),
  { maxLength: 3 },
);

/** A criterion as text, and what it compares: undefined for runs that have none of it. */
const criteria = fc.uniqueArray(
  fc.oneof(
    pick(["metrics.m", "metrics.`f 1`"]),
    pick(["params.m", "params.`x.y`"]),
    pick(["tags.select"]),
    pick(["start_time", "end_time", "run_name", "status"]),
  ),
  { maxLength: 2 },
).chain((terms) => fc.tuple(...terms.map((term) => fc.tuple(fc.constant(term), fc.boolean()))));

function valueOf(run: Made, term: string): number | string | undefined {
  const [, entity, key] = /^(?:(\w+)\.)?`?([^`]+)`?$/.exec(term)!;
  if (entity === "metrics") return run.metrics[key];
  if (entity === "params") return run.params[key];
  if (entity === "tags") return run.tags[key];
  const { started, ended, name, status } = run;
  return { start_time: started, end_time: ended, run_name: name, status }[key];
}

function before(a: Made, b: Made, order: readonly (readonly [string, boolean])[]): number {
  for (const [term, descending] of order) {
    const [x, y] = [valueOf(a, term), valueOf(b, term)];
    const rank = (value: unknown) => value === undefined ? 2 : Number.isNaN(value) ? 1 : 0;
    if (rank(x) !== rank(y)) return rank(x) - rank(y);
    if (rank(x) > 0 || x === y) continue;
    return (x! < y! ? -1 : 1) * (descending ? -1 : 1);
  }
  return b.started - a.started || (a.id < b.id ? -1 : 1);
}

Deno.test("runs/search finds what a plain look at every run finds, in the same order", async () => {
  await using host = await hostMlflow();
  const made = await make(host);
  let found = 0, narrowed = 0;
  await fc.assert(
    fc.asyncProperty(questions, criteria, pick([1, 7, 100]), async (asked, order, size) => {
      const expected = made.filter((run) => asked.every(({ fits }) => fits(run)))
        .sort((a, b) => before(a, b, order)).map(({ id }) => id);
      const filter = asked.map(({ text }) => text).join(" and ");
      const order_by = order.map(([term, descending]) => `${term} ${descending ? "DESC" : "asc"}`);
      const ids: string[] = [];
      let page_token: string | undefined;
      do {
        const query = { experiment_ids: ["0"], filter, order_by, max_results: size, page_token };
        const { body, brief } = await host.post("runs/search", query);
        assert.equal(brief, "200", body.message);
        ids.push(...(body.runs ?? []).map((one: { info: { run_id: string } }) => one.info.run_id));
        ({ next_page_token: page_token } = body);
      } while (page_token);
      assert.deepEqual(ids, expected, filter);
      if (ids.length > 0) found++;
      if (ids.length > 0 && ids.length < made.length) narrowed++;
    }),
    { seed: 11, numRuns: 400 },
  );
  // the questions must not all be trivial
  assert.ok(found > 150 && narrowed > 100, `${found} found something, ${narrowed} of them not all`);
});

Deno.test("runs/search: views, experiments, lists of runs, and inputs in what it finds", async () => {
  await using host = await hostMlflow();
  const { post } = host;
  await post("experiments/create", { name: "other" });
  const create = async (experiment_id: string, run_name: string) =>
    (await post("runs/create", { experiment_id, run_name })).body.run.info.run_id as string;
  const [a, b, c] = [await create("0", "a"), await create("0", "b"), await create("1", "c")];
  await post("runs/delete", { run_id: b });
  const names = async (query: Record<string, unknown>) => {
    const { body } = await post("runs/search", { order_by: ["run_name"], ...query });
    return (body.runs ?? []).map((run: { info: { run_name: string } }) => run.info.run_name).join(
      "",
    );
  };
  const both = { experiment_ids: ["0", "1", "99"] };
  assert.equal(await names(both), "ac");
  assert.equal(await names({ ...both, run_view_type: "DELETED_ONLY" }), "b");
  assert.equal(await names({ ...both, run_view_type: "ALL" }), "abc");
  assert.equal(await names({ experiment_ids: ["1"] }), "c");
  assert.equal(await names({}), "");
  assert.equal(await names({ ...both, filter: `run_id IN ('${a}', "${c}", 'zz')` }), "ac");
  assert.equal(await names({ ...both, filter: `attributes.run_id not in ('${a}')` }), "c");
  assert.equal(await names({ ...both, filter: `artifact_uri LIKE '%/${c}/artifacts'` }), "c");
  const { body } = await post("runs/search", { experiment_ids: ["1"] });
  assert.deepEqual(body.runs, [(await host.get(`runs/get?run_id=${c}`)).body.run]);
});

Deno.test("runs/search: NaN differs from every number, is neither above nor below any, and is last", async () => {
  await using host = await hostMlflow();
  const { post } = host;
  for (const [run_name, value] of [["nan", "NaN"], ["zero", 0], ["one", 1], ["none", undefined]]) {
    const { body: { run } } = await post("runs/create", { experiment_id: "0", run_name });
    const metrics = value === undefined ? [] : [{ key: "m", value, timestamp: 1 }];
    await post("runs/log-batch", { run_id: run.info.run_id, metrics });
  }
  const names = async (query: Record<string, unknown>) => {
    const order_by = ["metrics.m DESC"];
    const { body } = await post("runs/search", { experiment_ids: ["0"], order_by, ...query });
    return (body.runs ?? []).map((run: { info: { run_name: string } }) => run.info.run_name).join(
      " ",
    );
  };
  assert.equal(await names({}), "one zero nan none");
  assert.equal(await names({ order_by: ["metrics.m"] }), "zero one nan none");
  assert.equal(await names({ filter: "metrics.m != 0" }), "one nan");
  assert.equal(await names({ filter: "metrics.m = 0" }), "zero");
  assert.equal(await names({ filter: "metrics.m <= 0" }), "zero");
  assert.equal(await names({ filter: "metrics.m > -1" }), "one zero");
});

Deno.test("parseFilter() keeps the marks of escaping, as the server does", () => {
  const value = (text: string) => parseFilter(`params.x = ${text}`, RUNS)[0].value;
  assert.equal(value("'it''s'"), "it''s");
  assert.equal(value("'a\\'b'"), "a\\'b");
  assert.equal(value('"it\'s"'), "it's");
  assert.equal(value("''"), "");
});

Deno.test("parseFilter() reads back whatever can be written", () => {
  const word = fc.stringMatching(/^[a-z_][a-z0-9_]{0,5}$/);
  const key = fc.oneof(
    word.map((key) => ({ key, text: key })),
    fc.stringMatching(/^[^`]{1,8}$/).map((key) => ({ key, text: `\`${key}\`` })),
    fc.stringMatching(/^[^"\\]{1,8}$/).map((key) => ({ key, text: `"${key}"` })),
  );
  const text = fc.stringMatching(/^[^'\\]{0,12}$/);
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value || 0);
  const condition = fc.oneof(
    fc.tuple(key, pick(["=", "!=", "<", "<=", ">", ">="] as const), number).map((
      [k, c, value],
    ) => ({
      text: `metrics.${k.text} ${c} ${value}`,
      ast: { entity: "metric", key: k.key, comparator: c, value },
    })),
    fc.tuple(key, pick(["=", "!=", "LIKE", "ILIKE"] as const), text).map(([k, c, value]) => ({
      text: `tag.${k.text} ${c.toLowerCase()} '${value}'`,
      ast: { entity: "tag", key: k.key, comparator: c, value },
    })),
    fc.array(text, { minLength: 1, maxLength: 3 }).map((value) => ({
      text: `run_id IN (${value.map((one) => `'${one}'`).join(",")})`,
      ast: { entity: "attribute", key: "run_id", comparator: "IN", value },
    })),
  );
  fc.assert(
    fc.property(
      fc.array(condition, { minLength: 1, maxLength: 4 }),
      pick([" AND ", " and ", "\nAnd\t"]),
      (conditions, joint) => {
        const parsed = parseFilter(conditions.map(({ text }) => text).join(joint), RUNS);
        assert.deepEqual(parsed, conditions.map(({ ast }) => ast) as Condition[]);
      },
    ),
    { seed: 3, numRuns: 500 },
  );
});

Deno.test("parseFilter() and parseOrder() either answer or refuse, whatever the text", () => {
  const token = pick([
    ..."metrics . acc ` ' \" = != > LIKE IN NOT IS NULL ( ) , 1 .5 1e9 and AND or a status -- ; \\ é 🌷"
      .split(" "),
    ...[" ", "\n", "'a'", "`b`"],
  ]);
  const text = fc.oneof(fc.string(), fc.array(token, { maxLength: 12 }).map((all) => all.join("")));
  fc.assert(
    fc.property(text, (text) => {
      for (const parse of [parseFilter, (text: string) => parseOrder([text], VERSIONS)]) {
        try {
          parse(text, RUNS);
        } catch (error) {
          assert.ok(error instanceof MlflowError, String(error));
          assert.equal(error.status, 400);
        }
      }
    }),
    { seed: 5, numRuns: 2_000 },
  );
});

Deno.test("isLike() is LIKE, and takes no time on patterns made to take long", () => {
  const text = fc.array(pick([..."ab%_*é🌷\n"])).map((all) => all.join(""));
  fc.assert(
    fc.property(text, text, fc.boolean(), (text, pattern, caseless) => {
      const expected = like(text, pattern, caseless ? "i" : "");
      assert.equal(isLike(text, pattern, { caseless }), expected);
    }),
    { seed: 5, numRuns: 2_000 },
  );
  const start = performance.now();
  assert.equal(isLike("a".repeat(2_000), "%a".repeat(500) + "b"), false);
  assert.ok(performance.now() - start < 1_000);
});
