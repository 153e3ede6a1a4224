/**
 * Chromium for tests, from npm: `@sparticuz/chromium` with the NSS libraries that it brings along, so
 * that no package of the system is needed (Linux on x64). Elsewhere `CHROMIUM=/path/to/chrome` says
 * which browser to take.
 */

import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";

const LOCAL = resolve(import.meta.dirname!, "../../.local");

/** Whether {@linkcode launchChromium} has a browser to start: its own on Linux x64, or `CHROMIUM`. */
export function chromiumAvailable(): boolean {
  const { os, arch } = Deno.build, own = Deno.env.get("CHROMIUM");
  return own ? existsSync(own) : os === "linux" && arch === "x86_64";
}

/**
 * Starts a browser without a window. The first time it unpacks 210 MB into `.local/`, in about two
 * seconds.
 *
 * @returns The browser; `await using` closes it also when the test fails.
 * @throws {Error} If there is none for this machine.
 *
 * @example
 * ```ts ignore
 * await using browser = await launchChromium();
 * const page = await browser.newPage();
 * ```
 */
export async function launchChromium(): Promise<Browser> {
  if (!chromiumAvailable()) {
    throw new Error(
      "Cannot start Chromium as it comes with the tests for Linux x64 only: CHROMIUM=/path/to/chrome",
    );
  }
  const args = ["--no-sandbox"]; // root has none, and what is opened is our own
  const own = Deno.env.get("CHROMIUM");
  if (own) return await chromium.launch({ executablePath: own, args });
  const folder = await unpacked();
  return await chromium.launch({
    executablePath: join(folder, "chromium"),
    args,
    env: {
      ...Deno.env.toObject(),
      LD_LIBRARY_PATH: join(folder, "al2023/lib"),
      FONTCONFIG_FILE: join(folder, "fonts.conf"),
    },
  });
}

/** The folder with the unpacked browser; made whole or not at all, so that tests may run side by side. */
async function unpacked(): Promise<string> {
  const [version] = /\d+\.\d+\.\d+/.exec(import.meta.resolve("@sparticuz/chromium")) ?? ["unknown"];
  const folder = join(LOCAL, `chromium-${version}`);
  if (existsSync(folder)) return folder;
  const draft = `${folder}.${Deno.pid}`;
  await Deno.mkdir(draft, { recursive: true });
  await unpackInto(draft);
  await addFonts(draft, folder);
  try {
    await Deno.rename(draft, folder);
  } catch (error) {
    await Deno.remove(draft, { recursive: true });
    if (!existsSync(folder)) throw error; // otherwise another process was faster
  }
  return folder;
}

/** Unpacks browser and libraries. The package takes both from the environment, when it is called. */
async function unpackInto(folder: string): Promise<void> {
  const wanted = { TMPDIR: folder, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x" }; // with the libraries
  // the package sets these for good: whoever is started later in this process would inherit them
  const touched = [...Object.keys(wanted), "LD_LIBRARY_PATH", "FONTCONFIG_PATH"];
  const before = touched.map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, wanted);
  try {
    const { default: packed } = await import("@sparticuz/chromium");
    await packed.executablePath();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

/** A few fonts from npm and none of the machine's: a page looks the same everywhere. */
async function addFonts(draft: string, folder: string): Promise<void> {
  // Deno knows the path of an npm file only once the file has been imported
  await import("dejavu-fonts-ttf/ttf/DejaVuSans.ttf", { with: { type: "bytes" } });
  const from = dirname(fileURLToPath(import.meta.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf")));
  await Deno.mkdir(join(draft, "dejavu"));
  for (const face of ["Sans", "Sans-Bold", "Sans-Oblique", "SansMono", "SansMono-Bold"]) {
    const file = `DejaVu${face}.ttf`;
    await Deno.copyFile(join(from, file), join(draft, "dejavu", file));
  }
  const conf = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>` +
    `<dir>${join(folder, "dejavu")}</dir><cachedir>${join(folder, "font-cache")}</cachedir>` +
    `<alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>` +
    `</fontconfig>\n`;
  await Deno.writeTextFile(join(draft, "fonts.conf"), conf);
}
