/** What a version of Azure ML's REST API knows of. */

/** Mirrored traffic came with this preview … */
const FIRST_PREVIEW = "2022-02-01-preview";

/** … and with this stable version. 2022-05-01 and 2022-10-01, the SDK's, lie between and lack it. */
const FIRST_STABLE = "2023-04-01";

/**
 * Whether bodies of a version have `mirrorTraffic`. In those of others it is ignored when it is sent,
 * and not shown.
 *
 * @param apiVersion E.g. `2022-10-01`.
 * @returns Whether it has.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { knowsMirrorTraffic } from "lib/local_azure/api_version.ts";
 *
 * const versions = ["2022-10-01", "2022-10-01-preview", "2023-04-01"];
 * assert.deepEqual(versions.map(knowsMirrorTraffic), [false, true, true]);
 * ```
 */
export function knowsMirrorTraffic(apiVersion: string): boolean {
  // dates compare as texts
  return apiVersion >= (apiVersion.endsWith("-preview") ? FIRST_PREVIEW : FIRST_STABLE);
}

/**
 * Whether a text is a version of a REST API of Azure's at all: a date, and maybe a kind of preview. Which
 * dates there were nobody here knows, so every one is served.
 *
 * @param text As the client sent it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isApiVersion } from "lib/local_azure/api_version.ts";
 *
 * const texts = ["2022-10-01", "2024-04-01-dataplanepreview", "1999", "v1.0", "2022-99-01"];
 * assert.deepEqual(texts.map(isApiVersion), [true, true, false, false, false]);
 * ```
 */
export function isApiVersion(text: string): boolean {
  const [, date] = /^(\d{4}-\d\d-\d\d)(?:-[a-z]*preview)?$/i.exec(text) ?? [];
  return date !== undefined && !Number.isNaN(Date.parse(date));
}
