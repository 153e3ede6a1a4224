/** The parts that Local Azure is put together from, and the order in which they come to life. */

import type { BlobFiles } from "./blob_files.ts";
import type { LocalAzure, Service } from "./context.ts";
import type { Runtime } from "./runtime.ts";

/** What is there before blobs and deployments are. */
export type Ground = Omit<LocalAzure, "blobs" | "runtime">;

/** Blob storage: a service for clients, and files for the inside. */
export interface BlobPart extends Service {
  /** Reads blobs from inside. */
  readonly files: BlobFiles;
  /** Makes a container where there is none. */
  ensureContainer(name: string): Promise<void>;
  /** Writes a blob from inside; it is on disk afterwards. */
  write(container: string, name: string, bytes: Uint8Array): Promise<void>;
  /** Saves what is not saved yet and lets go of the folder. */
  close(): Promise<void>;
}

/** What services are told beside what Local Azure is. */
export interface ServiceOptions {
  /** Whether rules of Azure's that samples break are left out. */
  readonly lenient: boolean;
}

/** How each part is made: the real ones, or what a test puts in their place. */
export interface Parts {
  /** Comes first. Keeps its files in `ground.folder`. */
  openBlob(ground: Ground): Promise<BlobPart>;
  /** Comes second. */
  createRuntime(ground: Ground & { readonly blobs: BlobFiles }): Runtime;
  /** Comes last: scoring, MLflow and whatever else answers under a host of its own. */
  createServices(local: LocalAzure, options: ServiceOptions): readonly Service[];
}
