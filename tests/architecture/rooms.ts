/** The import table of the house. A room that is not here may not exist; a file must keep to its row. */

/** What a room may import besides itself. */
export interface Room {
  /** Other rooms, through their `mod.ts`. */
  readonly rooms: readonly string[];
  /** Packages of the import map, and `node:` modules. */
  readonly packages: readonly string[];
}

/** The rooms that there are, from the ground up. */
export const ROOMS: Readonly<Record<string, Room>> = {
  core: { rooms: [], packages: ["node:crypto"] },
  data: { rooms: ["core"], packages: ["ajv", "nodejs-polars", "node:path"] },
  model: { rooms: ["core"], packages: [] },
  training: { rooms: ["core", "data", "model"], packages: ["ml-random-forest"] },
  view: {
    rooms: ["core"],
    packages: [
      "@observablehq/plot",
      "@resvg/resvg-js",
      "dejavu-fonts-ttf",
      "highlight.js",
      "linkedom",
      "marked",
      "node:url",
    ],
  },
  notebook: {
    rooms: ["core", "view"],
    packages: ["node:crypto", "node:path", "node:url"],
  },
  gate: { rooms: ["core", "model"], packages: [] },
  monitoring: { rooms: ["core", "model"], packages: [] },
  experiment: { rooms: ["core"], packages: ["jstat"] },
  serving: {
    rooms: ["core", "model"],
    packages: [
      "@azure/core-http-compat",
      "@azure/core-rest-pipeline",
      "@azure/identity",
      "@azure/monitor-opentelemetry-exporter",
      "@azure/storage-blob",
    ],
  },
  tracking: { rooms: ["core"], packages: [] },
  registry: { rooms: ["core"], packages: [] },
  azure: {
    rooms: ["core", "registry"],
    packages: [
      "@azure/arm-machinelearning",
      "@azure/arm-monitor",
      "@azure/core-http-compat",
      "@azure/core-rest-pipeline",
      "@azure/identity",
      "@azure/keyvault-secrets",
      "@azure/monitor-opentelemetry-exporter",
      "@azure/storage-blob",
      "node:child_process",
      "node:fs",
      "node:path",
      "node:url",
    ],
  },
  local_azure: {
    rooms: ["core"],
    packages: [
      "azurite",
      "node:buffer",
      "node:crypto",
      "node:http",
      "node:path",
      "node:process",
      "node:sqlite",
      "node:timers",
    ],
  },
  lifecycle: {
    rooms: [
      ...["core", "data", "model", "training", "gate", "monitoring"],
      ...["experiment", "tracking", "registry", "azure"],
      ...["serving", "view", "notebook"],
    ],
    packages: ["node:async_hooks", "node:path", "node:url"],
  },
};

/** Rooms that do no I/O: the word `Deno` does not occur in them. */
export const PURE_ROOMS: readonly string[] = [
  "core",
  "model",
  "training",
  "gate",
  "monitoring",
  "experiment",
];
