/** What every part of Local Azure is given, and what every service of it is. */

import type { Clock, Logger } from "lib/core/mod.ts";
import type { BlobFiles } from "./blob_files.ts";
import type { PlainHandler } from "./plain_http.ts";
import type { Runtime } from "./runtime.ts";
import type { Store } from "./store.ts";
import type { Tokens } from "./tokens.ts";

/** The emulator's inside. One process, one data folder, one port. */
export interface LocalAzure {
  /** Everything that must outlast the process, blobs aside. */
  readonly store: Store;
  /** Time. */
  readonly clock: Clock;
  /** JSON lines into `FOLDER/log.jsonl`. */
  readonly log: Logger;
  /** The data folder, absolute. */
  readonly folder: string;
  /** The one port, on 127.0.0.1. */
  readonly port: number;
  /** Makes and checks bearer tokens. */
  readonly tokens: Tokens;
  /** Reads blobs without going through the port. */
  readonly blobs: BlobFiles;
  /** Runs deployments as child processes. */
  readonly runtime: Runtime;
}

/** One service, e.g. Key Vault: answers the requests that name its hosts. */
export interface Service {
  /** Host names it answers; `*.` stands for one or more labels. */
  readonly hosts: readonly string[];
  /**
   * Answers a request.
   *
   * @param request As it came.
   * @param url What the client meant: `https://HOST/path?query`, the host in lower case.
   */
  handle(request: Request, url: URL): Promise<Response>;
  /** Answers the same where every microsecond counts; only the scoring router can. */
  readonly plain?: PlainHandler;
}
