/** What the control plane and the scoring router need of whatever runs deployments. */

/** A route of a container. */
export interface Route {
  /** Begins with a slash. */
  readonly path: string;
  /** The port inside the container. */
  readonly port: number;
}

/** How a probe asks. Times in milliseconds. */
export interface Probe {
  /** From the start to the first question. */
  readonly initialDelayMs: number;
  /** From one question to the next. */
  readonly periodMs: number;
  /** Longest wait for an answer. */
  readonly timeoutMs: number;
  /** Failures in a row that count as one. */
  readonly failureThreshold: number;
  /** Successes in a row that count as one. */
  readonly successThreshold: number;
}

/** Everything that a deployment is started from. All of it has been uploaded before. */
export interface DeploymentSpec {
  /** ARM id in lower case. */
  readonly id: string;
  /** Name of the endpoint. */
  readonly endpoint: string;
  /** Name of the deployment. */
  readonly name: string;
  /** The model, if it has one. */
  readonly model?: {
    readonly name: string;
    readonly version: string;
    /** Blob container of the model's files. */
    readonly container: string;
    /** Name of the file, or of the folder, that was uploaded. */
    readonly path: string;
  };
  /** The build context. */
  readonly context: {
    /** Blob container of the context's files. */
    readonly container: string;
    /** The folder that was uploaded. */
    readonly path: string;
    /** Name of the Dockerfile in it. */
    readonly dockerfile: string;
  };
  /** What the container finds in its environment beside what the service sets. */
  readonly environmentVariables: Readonly<Record<string, string>>;
  /** Where the container is asked for what. */
  readonly routes: { readonly liveness: Route; readonly readiness: Route; readonly scoring: Route };
  /** Its failure restarts the container. */
  readonly liveness: Probe;
  /** Its failure keeps requests away. */
  readonly readiness: Probe;
  /** Longest answer, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** Requests that one instance works on at once. */
  readonly maxConcurrentRequests: number;
  /** Number of instances. */
  readonly instances: number;
}

/** Why a deployment did not come up. */
export class DeploymentError extends Error {
  /** Always `DeploymentError`. */
  override readonly name = "DeploymentError";
  /** The service's code, e.g. `ImageBuildFailure` or `ResourceNotReady`. */
  readonly code: string;

  /** `message` names what and where; the container's last log lines are asked for by `logs`. */
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** A deployment that answers. */
export interface RunningDeployment {
  /** What it was started from. */
  readonly spec: DeploymentSpec;
  /** Port of the child process on 127.0.0.1. */
  readonly port: number;
  /** Whether its last readiness probe succeeded. */
  readonly ready: boolean;
}

/** What a container's process is started as. */
export interface Command {
  /** The program, as an absolute path, and its arguments. */
  readonly words: readonly string[];
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Its working folder. */
  readonly cwd: string;
}

/** An image for a job, entered with the job's command in place of its own. */
export interface OpenedImage {
  /** Whose rights a program in it has. */
  readonly user: { readonly uid: number; readonly gid: number };
  /**
   * How a shell of the image starts a command.
   *
   * @param line For `/bin/sh -c`.
   * @param place Variables over the image's own, the working folder, and what is shown in the image.
   */
  command(
    line: string,
    place: {
      readonly env: Readonly<Record<string, string>>;
      readonly workdir: string;
      readonly shown: { readonly from: string; readonly to: string; readonly isWritable: boolean };
    },
  ): Command;
  /** Removes it. Nothing of it may run any more. */
  remove(): Promise<void>;
}

/** What a job's image is made from: a build context in Blob, or the name of an image. */
export type ImageSource = DeploymentSpec["context"] | { readonly image: string };

/** Runs deployments. */
export interface Runtime {
  /**
   * Makes a deployment's folder from the uploaded files, starts it and waits until it is ready. One
   * that is there already is replaced once the new one is ready.
   *
   * @throws {DeploymentError} If it cannot be built, ends, or never becomes ready.
   */
  start(spec: DeploymentSpec, signal?: AbortSignal): Promise<RunningDeployment>;
  /** The deployment with that id, if it runs. */
  get(id: string): RunningDeployment | undefined;
  /** Ends it (SIGTERM, then SIGKILL) and removes its folder. */
  stop(id: string): Promise<void>;
  /** Its log in the service's layout, also after it has failed; undefined if it was never started. */
  logs(id: string, options: { container: "StorageInitializer" | "InferenceServer"; tail: number }):
    | string
    | undefined;
  /**
   * Makes an image for a job; absent where jobs run without one.
   *
   * @throws {DeploymentError} `ImageBuildFailure` if it cannot be built or fetched.
   */
  readonly openImage?: (
    source: ImageSource,
    options: { readonly folder: string; readonly signal: AbortSignal },
  ) => Promise<OpenedImage>;
  /** Ends all of them, keeping what a restart of Local Azure needs. */
  close(): Promise<void>;
}

/** How deployments run: as child processes, or in images that buildah builds. */
export const RUNTIMES = ["child", "buildah"] as const;

/** One of {@linkcode RUNTIMES}. */
export type RuntimeName = typeof RUNTIMES[number];
