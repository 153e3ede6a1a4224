/** The container: its routes, and the build context that the serving room makes. */

/** Port and routes of the container. */
export const ROUTES = {
  port: 8080,
  liveness: "/health/live",
  readiness: "/health/ready",
  scoring: "/score",
} as const;

export { buildContext } from "lib/serving/mod.ts";
