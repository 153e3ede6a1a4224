/** Reading blobs from inside: build contexts and models on their way into a deployment's folder. */

/** Reads blobs of the one storage account. */
export interface BlobFiles {
  /** Names of the blobs of a container that begin with `prefix`, ascending. */
  list(container: string, prefix: string): Promise<string[]>;
  /** A blob's bytes; undefined where there is none. */
  read(container: string, name: string): Promise<Uint8Array | undefined>;
}
