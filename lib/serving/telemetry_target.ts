/** Where telemetry goes, as far as the program knows it. */

import type { Attributes, ExportTelemetry } from "lib/core/mod.ts";

/** Which Application Insights, and who tells. */
export interface TelemetryTarget {
  /** `InstrumentationKey=…;IngestionEndpoint=…`, as the component's properties have it. */
  readonly connectionString: string;
  /** Who tells, in OpenTelemetry's words, e.g. `service.name`. */
  readonly resource: Attributes;
  /** Local Azure, e.g. `http://127.0.0.1:7070`; undefined for Azure. */
  readonly localUrl?: string;
}

/** Makes the way out: asynchronous, so that the exporter is loaded only where something is told. */
export type OpenMonitor = (target: TelemetryTarget) => Promise<ExportTelemetry>;
