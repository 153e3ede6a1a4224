/** Keeps a cell from showing so much that the kernel's output stream breaks. */

import { kernelApi, kernelInternals, onceInKernel } from "./kernel_side.ts";
import { RECORD_MIME } from "./mime.ts";

/** Most that one cell may show, in characters. */
export const CELL_LIMIT = 1_000_000;

const LIMIT_SAID = "a cell may show 1 MB";

/** How much is left of a text in a bundle that is too large, in characters. */
const PLAIN_KEPT = 1000;

/** What an argument of `console.log` that is no text counts for, in characters. */
const OTHER = 64;

type Bundle = Record<string, unknown>;

/**
 * What is left of a bundle that must not be larger than so much: the largest formats go first, the
 * text is shortened, and says what is missing. A published record always stays: it has a limit of its
 * own.
 *
 * @param bundle The thing shown, by MIME type.
 * @param room Characters.
 * @returns The bundle itself if it fits.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fitBundle } from "./cap.ts";
 *
 * const bundle = { "text/plain": "[chart]", "image/png": "x".repeat(3000), "image/svg+xml": "<svg/>" };
 * assert.equal(fitBundle(bundle, 4000), bundle);
 * assert.deepEqual(fitBundle(bundle, 1000), {
 *   "text/plain": "[chart]\n[image/png of 3 kB left out: a cell may show 1 MB]",
 *   "image/svg+xml": "<svg/>",
 * });
 * ```
 */
export function fitBundle(bundle: Bundle, room: number): Bundle {
  if (sizeOf(bundle) <= room) return bundle;
  const { "text/plain": plain, ...kept } = bundle;
  const lines: string[] = [];
  if (typeof plain === "string") lines.push(plain.slice(0, PLAIN_KEPT));
  if (lengthOf(plain) > PLAIN_KEPT) lines.push(`[text cut: ${LIMIT_SAID}]`);
  while (sizeOf(kept) > room) {
    const sizes = Object.entries(kept)
      .filter(([mime]) => mime !== RECORD_MIME)
      .map(([mime, value]) => ({ mime, size: lengthOf(value) }));
    const { mime, size } = sizes.reduce((a, b) => b.size > a.size ? b : a);
    delete kept[mime];
    lines.push(`[${mime} of ${Math.ceil(size / 1000)} kB left out: ${LIMIT_SAID}]`);
  }
  return { "text/plain": lines.join("\n"), ...kept };
}

function sizeOf(bundle: Bundle): number {
  return Object.entries(bundle)
    .filter(([mime]) => mime !== RECORD_MIME)
    .reduce((sum, [, value]) => sum + lengthOf(value), 0);
}

function lengthOf(value: unknown): number {
  return typeof value === "string" ? value.length : JSON.stringify(value)?.length ?? 0;
}

/**
 * From now on a cell shows at most 1 MB; what is beyond is left out, with a note in its place. An
 * update of a display has 1 MB of its own, as it replaces what was there.
 *
 * Without it Deno 2.9.6 now and then mixes up two messages when one is larger than 4 MB, and then no
 * output is readable any more. Does nothing outside a kernel.
 */
export function installCap(): void {
  onceInKernel("cap", () => {
    let left = CELL_LIMIT;
    const api = kernelApi()!, { broadcast, display, format } = api;

    function spend(characters: number): void {
      left = Math.max(0, left - characters);
    }

    function fit(bundle: Bundle, isUpdate = false): Bundle {
      const fitted = fitBundle(bundle, isUpdate ? CELL_LIMIT : left);
      if (!isUpdate) spend(sizeOf(fitted));
      return fitted;
    }

    for (const name of ["log", "info", "debug", "warn", "error"] as const) {
      const print = console[name].bind(console);
      console[name] = (...args: unknown[]) => {
        if (left === 0) return;
        print(...args.map((arg) => typeof arg === "string" ? arg.slice(0, left) : arg));
        spend(args.reduce((sum: number, arg) => sum + textLength(arg), 0));
        if (left === 0) print(`[the rest is left out: ${LIMIT_SAID}]`);
      };
    }

    api.display = async (shown, options) => {
      const bundle = options?.raw && isBundle(shown) ? shown : await format(shown);
      await display(fit(bundle, options?.update), { ...options, raw: true });
    };

    api.broadcast = async (type, content, extra) => {
      const isDisplay = type === "display_data" || type === "update_display_data";
      const fitted = isDisplay && isBundle(content.data)
        ? { ...content, data: fit(content.data, type === "update_display_data") }
        : content;
      await broadcast(type, fitted, extra);
    };

    const internals = kernelInternals();
    if (!internals) return;
    const show = internals.broadcastResult.bind(internals);
    internals.broadcastResult = async (count, result) => {
      const isLarge = typeof result === "string" || typeof result === "object" && result !== null;
      await show(count, isLarge ? await fitResult(result) : result);
      left = CELL_LIMIT; // the cell has ended
    };

    async function fitResult(result: unknown): Promise<unknown> {
      try {
        const bundle = fit(await format(result));
        return { [api.$display]: () => bundle };
      } catch {
        return result; // the kernel fails on it too, and says how
      }
    }
  });
}

function textLength(arg: unknown): number {
  return typeof arg === "string" ? arg.length : OTHER;
}

function isBundle(value: unknown): value is Bundle {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
