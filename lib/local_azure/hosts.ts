/** Which service answers for which host name. */

import type { Service } from "./context.ts";

/** Finds services by the host that a request names. */
export interface Hosts {
  /** The service for a host name in lower case, without its port; nothing if it is none of ours. */
  find(host: string): Service | undefined;
}

/**
 * A table of host names.
 *
 * @param services Each with its names; `*.` stands for one or more labels, and a name that is written
 * in full goes before one with a star. The first service wins.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createHosts } from "lib/local_azure/mod.ts";
 *
 * const vault = { hosts: ["*.vault.azure.net"], handle: () => Promise.resolve(new Response()) };
 * const hosts = createHosts([vault]);
 * assert.equal(hosts.find("kv.vault.azure.net"), vault);
 * assert.equal(hosts.find("vault.azure.net"), undefined);
 * assert.equal(hosts.find("evil.example"), undefined);
 * ```
 */
export function createHosts(services: readonly Service[]): Hosts {
  const exact = new Map<string, Service>(), suffixes: [string, Service][] = [];
  for (const service of services) {
    for (const name of service.hosts) {
      if (name.startsWith("*.")) suffixes.push([name.slice(1), service]);
      else if (!exact.has(name)) exact.set(name, service);
    }
  }
  suffixes.sort(([a], [b]) => b.length - a.length);
  return {
    find: (host) =>
      exact.get(host) ??
        suffixes.find(([suffix]) => host.endsWith(suffix) && host.length > suffix.length)?.[1],
  };
}

/** A name or an address as HTTP has it, and a port. */
const HOST = /^([\w-]+(?:\.[\w-]+)*\.?|\[[\da-f:.]+\])(?::(\d{0,5}))?$/i;

/**
 * The host that a request names, in lower case and without its port.
 *
 * @returns Nothing if it names none, or one that cannot be part of a URL, or if its URL is none.
 */
export function hostOf(request: Request): string | undefined {
  const [, name, port = ""] = HOST.exec(request.headers.get("host") ?? "") ?? [];
  if (
    name === undefined || name.length > 253 || Number(port) > 65_535 || !URL.canParse(request.url)
  ) return undefined;
  // what is no URL's host, e.g. `xn--a` or `1.2.3.4.5`, must not become part of one
  return URL.canParse(`https://${name}/`) ? name.toLowerCase() : undefined;
}
