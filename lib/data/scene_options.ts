/** What a scene is told, held against its rules. */

import {
  BadInput,
  checkSeed,
  checkWhole,
  classCounts,
  column,
  quantile,
  type Samples,
} from "lib/core/mod.ts";

/** The scenes, and what each does to rows, labels or deployments. */
export const SCENES = {
  none: "nothing changes",
  "gradual-drift": "one feature moves up in equal steps",
  "sudden-drift": "one feature moves up at once",
  "unit-change": "one feature comes in another unit",
  "broken-sensor": "one feature stands still, and some of its values are missing",
  "prior-shift": "one class becomes common",
  "concept-drift":
    "two classes are told apart by another feature: the same inputs mean another class",
  "latency-fault": "no row changes: the deployment is to be slow",
  "bad-model": "no row changes: the deployment is to serve a bad model",
} as const;

/** Name of a scene. */
export type SceneName = keyof typeof SCENES;

/**
 * Checks the name of a scene.
 *
 * @param name As somebody typed it.
 * @returns The name.
 * @throws {BadInput} If there is no such scene.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkSceneName } from "lib/data/mod.ts";
 *
 * assert.throws(() => checkSceneName("rain"), /scene must be one of none, .*: got "rain"/);
 * ```
 */
export function checkSceneName(name: string): SceneName {
  oneOf("scene", name, Object.keys(SCENES));
  return name as SceneName;
}

/** Options of {@linkcode stageScene}. Windows are counted from 1. */
export interface SceneOptions {
  /** One of {@linkcode SCENES}. */
  readonly scene: SceneName;
  /** Draws rows, noise, ids and labels' delays. */
  readonly seed: number;
  /** How many windows, 1 to 1,000. */
  readonly windows: number;
  /** Rows in each window, 1 to 100,000. */
  readonly rowsPerWindow: number;
  /** First window with the scene in it. Default: the first of the second half. */
  readonly startsAt?: number;
  /** The feature that is changed. Default: the most important one of `importance`, else the first; in
   * `concept-drift` the one by which most rows change sides. */
  readonly feature?: string;
  /** Importance of features, e.g. by permutation. Default none. */
  readonly importance?: readonly { readonly name: string; readonly mean: number }[];
  /** Distance of the two drifts at their end, in standard deviations of the feature. Default 2. */
  readonly size?: number;
  /** Share of rows without a value in `broken-sensor`. Default 0.02: one of them fails a whole request. */
  readonly nullShare?: number;
  /** Share of the common class in `prior-shift`. Default 0.8. */
  readonly classShare?: number;
  /** The class that becomes common in `prior-shift`. Default: the rarest, the last of equals. */
  readonly className?: string;
  /** The two classes that `concept-drift` tells apart anew. Default: the last two that have rows. */
  readonly apart?: readonly [string, string];
  /** Standard deviation of the measurement noise, as a share of each feature's own. Default 0.1. */
  readonly noise?: number;
  /** Features whose noisy value is kept between `min` and `max`. Default all. */
  readonly clipped?: readonly string[];
  /** Windows until a label arrives, after the end of its own. Default 1. */
  readonly labelDelay?: number;
  /** Share of the labels that never arrive. Default 0.1. */
  readonly neverShare?: number;
  /** Units (people, machines) that the rows come from. Default 200. */
  readonly units?: number;
  /** Begin of every id, e.g. to play one scene twice. Default `sSEED`. */
  readonly idPrefix?: string;
}

/** Options with their defaults; `feature`, `common` and `apart` are places. */
export interface CheckedScene extends Required<Omit<SceneOptions, "importance" | "className">> {
  /** Place of the feature. */
  readonly column: number;
  /** Label of the class that becomes common. */
  readonly common: number;
  /** The two labels that are told apart anew. */
  readonly apartLabels: readonly [number, number];
  /** Which columns are clipped. (d) */
  readonly isClipped: readonly boolean[];
}

/** Longest prefix of ids: the service takes 128 characters in all. */
const MAX_PREFIX = 64;

/**
 * Checks the options of a scene and fills in the defaults.
 *
 * @param samples The rows that the scene is made of.
 * @param options See {@linkcode SceneOptions}.
 * @returns See {@linkcode CheckedScene}.
 * @throws {BadInput} If an option breaks its rule, or the rows are too few or of one class.
 */
export function checkScene(samples: Samples, options: SceneOptions): CheckedScene {
  const { features, classes, y } = samples;
  if (y.length < 2) {
    throw new BadInput({ field: "rows of a scene", rule: "must be 2 or more", value: y.length });
  }
  const counts = classCounts(samples);
  const present = [...classes.keys()].filter((label) => counts[label] > 0);
  if (present.length < 2) {
    const value = present.map((label) => classes[label]).join(", ");
    throw new BadInput({ field: "classes of a scene", rule: "must be 2 or more", value });
  }
  const { scene, seed, windows, rowsPerWindow } = options;
  oneOf("scene", scene, Object.keys(SCENES));
  checkSeed(seed);
  checkWhole("windows", windows, { min: 1, max: 1_000 });
  checkWhole("rowsPerWindow", rowsPerWindow, { min: 1, max: 100_000 });
  const names = features.map(({ name }) => name), columns = [...features.keys()];
  const {
    startsAt = Math.floor(windows / 2) + 1,
    size = 2,
    nullShare = 0.02,
    classShare = 0.8,
    className = classes[present.reduce((a, b) => counts[b] <= counts[a] ? b : a)],
    apart = [classes[present.at(-2)!], classes[present.at(-1)!]] as const,
    noise = 0.1,
    clipped = names, // no measurement gives what cannot be
    labelDelay = 1,
    neverShare = 0.1,
    units = 200,
    idPrefix = `s${seed}`,
  } = options;
  const apartLabels = [classes.indexOf(apart[0]), classes.indexOf(apart[1])] as const;
  const {
    feature = scene === "concept-drift"
      ? newestMeaning(samples, apartLabels)
      : mostImportant(names, options.importance),
  } = options;
  checkWhole("startsAt", startsAt, { min: 1, max: windows + 1 }); // the one after the last: never
  oneOf("feature", feature, names);
  between("size", size, -1_000, 1_000);
  for (const [field, share] of Object.entries({ nullShare, classShare, neverShare })) {
    between(field, share, 0, 1);
  }
  between("noise", noise, 0, 10);
  clipped.forEach((name) => oneOf("clipped", name, names));
  checkWhole("labelDelay", labelDelay, { min: 0, max: 1_000 });
  checkWhole("units", units, { min: 1, max: 1_000_000 });
  if (!(idPrefix.length <= MAX_PREFIX && /^[\w.-]+$/.test(idPrefix))) {
    const rule = `must be 1 to ${MAX_PREFIX} letters, digits, points, dashes and underscores`;
    throw new BadInput({ field: "idPrefix", rule, value: idPrefix });
  }
  const rich = present.map((label) => classes[label]);
  [className, ...apart].forEach((name) => oneOf("class with rows", name, rich));
  if (apart.length !== 2 || apart[0] === apart[1]) {
    throw new BadInput({ field: "apart", rule: "must be two classes", value: apart });
  }
  return {
    ...{ scene, seed, windows, rowsPerWindow, startsAt, feature, size, nullShare, classShare },
    ...{ apart, noise, clipped, labelDelay, neverShare, units, idPrefix },
    column: names.indexOf(feature),
    common: classes.indexOf(className),
    apartLabels,
    isClipped: columns.map((f) => clipped.includes(names[f])),
  };
}

function mostImportant(
  names: readonly string[],
  importance: SceneOptions["importance"] = [],
): string {
  const [first] = importance.filter(({ name }) => names.includes(name))
    .toSorted((a, b) => b.mean - a.mean);
  return first?.name ?? names[0];
}

/** The feature by whose median most rows of the two classes would change sides: the newest meaning. */
function newestMeaning(samples: Samples, [a, b]: readonly [number, number]): string {
  const { features, y } = samples, places = [...y.keys()].filter((i) => y[i] === a || y[i] === b);
  const changed = features.map((_, f) => {
    const values = column(samples, f), limit = quantile(places.map((i) => values[i]), 0.5);
    return places.filter((i) => y[i] !== (values[i] >= limit ? b : a)).length;
  });
  return features[changed.indexOf(Math.max(...changed))].name;
}

function oneOf(field: string, value: string, known: readonly string[]): void {
  if (!known.includes(value)) {
    throw new BadInput({ field, rule: `must be one of ${known.join(", ")}`, value });
  }
}

function between(field: string, value: number, min: number, max: number): void {
  if (!(value >= min && value <= max)) {
    throw new BadInput({ field, rule: `must be a number from ${min} to ${max}`, value });
  }
}
