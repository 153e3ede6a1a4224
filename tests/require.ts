/** What a test needs beyond Deno and npm: it is skipped for want of it, unless REQUIRE says no. */

/** What may be missing on a machine. */
export type Requirement = "python" | "act" | "chromium" | "buildah";

/**
 * Whether a test is to be ignored because something it needs is not here.
 *
 * @param name What the test needs.
 * @param available Whether it is here.
 * @returns True when the test is to be skipped.
 * @throws {Error} At once, if the environment variable REQUIRE (a comma list) names what is missing:
 * a machine that is meant to have it must not pass by skipping.
 *
 * @example
 * ```ts ignore
 * Deno.test({ name: "…", ignore: requires("python", available), fn() {} });
 * ```
 */
export function requires(name: Requirement, available: boolean): boolean {
  if (available) return false;
  const named = (Deno.env.get("REQUIRE") ?? "").split(",").map((word) => word.trim());
  if (named.includes(name)) {
    throw new Error(`Cannot skip the tests that need ${name} as REQUIRE names it: it is not here`);
  }
  return true;
}
