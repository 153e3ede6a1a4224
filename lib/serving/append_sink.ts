/** Where collected lines go, as far as the collector knows it. */

/** Append blobs of one container. */
export interface AppendSink {
  /**
   * Adds a block to a blob, which is made where it is missing. All of the block is added or none; a
   * rejection does not tell which.
   */
  append(path: string, block: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Which of these records a blob has already; none if there is no blob. */
  present(path: string, ids: ReadonlySet<string>, signal: AbortSignal): Promise<Set<string>>;
}

/** Which container, and how it is reached. */
export interface AppendTarget {
  /** The storage account, e.g. `https://NAME.blob.core.windows.net`. */
  readonly accountUrl: string;
  /** The container's name. It is not made: that is not this service's right. */
  readonly container: string;
  /** Local Azure, e.g. `http://127.0.0.1:7070`; undefined for Azure. */
  readonly localUrl?: string;
}

/** Makes the sink: asynchronous, so that the Azure SDK is loaded only where something is collected. */
export type OpenSink = (target: AppendTarget) => Promise<AppendSink>;
