/** Which tests run with which permissions. What a room may touch is checked here at run time. */

/** Tests that run in one process. */
export interface TestGroup {
  /** Folders under `tests/`; or `lib/ROOM`, for the examples in its documentation. */
  readonly folders: readonly string[];
  /** Permission flags; none means that nothing is allowed. */
  readonly allow: readonly string[];
}

/** Reads the checkout, loads native npm packages (polars, resvg). */
const NATIVE = ["--allow-read", "--allow-ffi", "--allow-sys"];

/** All groups. A folder of `tests/` that is in none of them fails the run. */
export const TEST_GROUPS: readonly TestGroup[] = [
  { folders: ["core", "model", "gate", "monitoring", "experiment"], allow: [] },
  { folders: ["training"], allow: ["--allow-read=lib"] }, // a worker reads its own module
  { folders: ["data"], allow: [...NATIVE, "--allow-write"] },
  { folders: ["view"], allow: [...NATIVE, "--allow-write", "--allow-env"] },
  {
    folders: ["lifecycle"],
    allow: [
      ...NATIVE,
      "--allow-write",
      "--allow-env",
      "--allow-run=git",
      "--allow-net=127.0.0.1", // a receiver of webhooks
    ],
  },
  { folders: ["architecture"], allow: ["--allow-read"] },
  {
    folders: [
      "lib/core",
      "lib/model",
      "lib/training",
      "lib/gate",
      "lib/monitoring",
      "lib/experiment",
      "lib/serving",
      "lib/view",
    ],
    allow: [],
  },
  {
    folders: ["lib/data", "lib/lifecycle"],
    allow: [
      ...NATIVE,
      "--allow-write=out",
      "--allow-env",
      "--allow-run=git",
      "--allow-net=127.0.0.1", // a receiver of webhooks
    ],
  },
  // these start kernels, browsers, linters and whole tasks, which no permission can hold back
  {
    folders: ["lib/azure", "lib/local_azure", "lib/notebook", "lib/registry", "lib/tracking"],
    allow: ["--allow-all"],
  },
  { folders: ["operations"], allow: ["--allow-all"] },
  { folders: ["azure", "local_azure", "registry", "serving", "tracking"], allow: ["--allow-all"] },
  { folders: ["conformance"], allow: ["--allow-all"] }, // starts Python programs and containers
  { folders: ["notebook", "scripts", "workflows", "notebooks", "browser"], allow: ["--allow-all"] },
];
