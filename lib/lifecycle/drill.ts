/** What the parts of a drill hand to each other. */

import type { Clock } from "lib/core/mod.ts";
import type { ModelVersion } from "lib/registry/mod.ts";
import type { Fault } from "./fault.ts";
import type { IncidentEvent, IncidentNotes } from "./incident_record.ts";
import type { LiveEndpoint } from "./live.ts";
import type { Story } from "./story.ts";
import type { Prepared } from "./train.ts";
import type { WatchDraft } from "./watch.ts";
import type { Webhook } from "./webhook.ts";
import type { Workspace } from "./workspace.ts";

/** Options of `runIncident`. */
export interface IncidentOptions {
  /** The endpoint in use. */
  readonly live: LiveEndpoint;
  /** The version that it serves, and that is known to be good. */
  readonly version: ModelVersion;
  /** Its rows: callers draw from the holdout, a bad release learns from the rest. */
  readonly prepared: Prepared;
  /** What windows are held against; the baseline is the drill's own first windows. */
  readonly watch: Omit<WatchDraft, "baseline">;
  /** What goes wrong. */
  readonly fault: Fault;
  /** Draws rows, and shuffles the labels of a bad model. */
  readonly seed: number;
  /** When it plays, see {@linkcode nextStory}. */
  readonly story: Story;
  /** Who is told. */
  readonly webhook: Webhook;
  /** The feature that a fault of the data changes. Default: the first. */
  readonly feature?: string;
  /** Windows that are judged before the fault comes. Default 2. */
  readonly quiet?: number;
  /** Most windows in all. Default 16. */
  readonly windows?: number;
  /** Rows of a window. Default 60. */
  readonly rowsPerWindow?: number;
  /** The clock of the log. Default: the machine's. */
  readonly clock?: Clock;
  /** Told each line of the log once it is written. */
  readonly onEvent?: (event: IncidentEvent) => void;
  /** Ends the drill. */
  readonly signal?: AbortSignal;
}

/** A drill that runs. */
export interface Drill {
  readonly workspace: Workspace;
  readonly options: IncidentOptions;
  readonly has: (kind: IncidentEvent["kind"]) => boolean;
  readonly notes: () => IncidentNotes;
  /** Writes a line, and what else has changed with it. */
  readonly say: (
    kind: IncidentEvent["kind"],
    window: number,
    sentence: string,
    change?: Partial<IncidentNotes>,
  ) => Promise<void>;
}
