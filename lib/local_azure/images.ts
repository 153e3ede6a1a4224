/** What a runtime needs of whatever turns an uploaded build context into something that can be started. */

import type { ContainerLog } from "./container_log.ts";
import type { Command, DeploymentSpec, Runtime } from "./runtime.ts";

/** What an image is prepared for. */
export interface ImageOptions {
  /** Names the build context and the model. */
  readonly spec: DeploymentSpec;
  /** The generation's folder, absolute and without links; it is there. */
  readonly folder: string;
  /** Told of pulling, building and downloading. */
  readonly log: ContainerLog;
  /** Gives up. */
  readonly signal: AbortSignal;
}

/** An image with its model, from which one container is started, again and again if need be. */
export interface Image {
  /** How its program is started so that it listens on that port of 127.0.0.1. */
  command(port: number): Command;
  /** Removes it and the model. Nothing of it may run any more. */
  remove(): Promise<void>;
}

/** Makes images. */
export interface Images {
  /**
   * Makes an image, and the model beside it.
   *
   * @throws {DeploymentError} `ImageBuildFailure` if it cannot be built, `BadArgument` if the model is
   * not there. Nothing of it is left then.
   */
  prepare(options: ImageOptions): Promise<Image>;
  /** As `Runtime.openImage` has it; absent where nothing is built. */
  readonly open?: Runtime["openImage"];
  /** Removes what an earlier run has left. Its processes have ended. */
  clean(): Promise<void>;
  /** Removes whatever need not outlast this process. */
  close(): Promise<void>;
}
