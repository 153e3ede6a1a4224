/**
 * `Microsoft.Insights/metricAlerts`: rules on the metrics of one endpoint or deployment each, and their
 * status. Actions are kept and nobody is told: there are no action groups.
 */

import type { JsonRecord } from "lib/core/mod.ts";
import { type Arm, groupOf, propertiesOf } from "./arm_context.ts";
import { gatewayError, resourceNotFound } from "./arm_error.ts";
import { listAnswer } from "./arm_lists.ts";
import { type MetricTarget, metricTarget } from "./arm_metrics.ts";
import { answer, type Call, empty, type Route } from "./arm_router.ts";
import { lookAgain, type MetricAlertState, newMetricAlert } from "./metric_alert_life.ts";
import { readMetricAlertRule } from "./metric_alert_rule.ts";
import type { Store, Stored } from "./store.ts";

/** Their type. */
export const METRIC_ALERT = "Microsoft.Insights/metricAlerts";

const LIST = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${METRIC_ALERT}`;

const SCOPE =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.MachineLearningServices\/workspaces\/([^/]+)\/onlineEndpoints\/([^/]+)(?:\/deployments\/([^/]+))?$/i;

/** A rule, and where it stands now. */
export interface SeenMetricAlert {
  readonly stored: Stored;
  readonly state: MetricAlertState;
}

/** What is needed to look at rules. */
export type MetricAlertGround = Pick<Arm, "store" | "clock">;

/** Their operations. */
export function metricAlertRoutes(arm: Arm): Route[] {
  const { store } = arm;
  const all = (below: string) => store.list({ type: METRIC_ALERT, below }).map(({ body }) => body);
  return [
    { method: "PUT", path: `${LIST}/{rule}`, handle: (call) => put(arm, call, call.body) },
    { method: "PATCH", path: `${LIST}/{rule}`, handle: (call) => patch(arm, call) },
    {
      method: "GET",
      path: `${LIST}/{rule}`,
      handle: (call) => answer(200, ruleOf(store, call).body),
    },
    {
      method: "DELETE",
      path: `${LIST}/{rule}`,
      handle: (call) => empty(store.delete(idOf(store, call)) > 0 ? 200 : 204),
    },
    {
      method: "GET",
      path: LIST,
      handle: (call) => listAnswer(call, all(groupOf(store, call.params).id)),
    },
    {
      method: "GET",
      path: `/subscriptions/{subscription}/providers/${METRIC_ALERT}`,
      handle: (call) => listAnswer(call, all(`/subscriptions/${call.params.subscription}`)),
    },
    { method: "GET", path: `${LIST}/{rule}/status`, handle: (call) => status(arm, call) },
    { method: "GET", path: `${LIST}/{rule}/status/{name}`, handle: (call) => status(arm, call) },
  ];
}

/** All rules, each looked at. */
export function metricAlerts(ground: MetricAlertGround): SeenMetricAlert[] {
  return ground.store.list({ type: METRIC_ALERT }).map((stored) => look(ground, stored));
}

function put(arm: Arm, call: Call, body: JsonRecord): Response {
  const { store, clock } = arm, id = idOf(store, call), now = clock.now();
  const { rule: name } = call.params;
  if (/[*#&+:<>?@%{}\\/|]/.test(name) || name.length > 260) {
    throw gatewayError(400, "BadRequest", `The name '${name}' is not valid for an alert rule.`);
  }
  if (String(body.location).toLowerCase() !== "global") {
    throw gatewayError(400, "BadRequest", "The location of a metric alert rule must be 'global'.");
  }
  const properties = propertiesOf(body);
  readMetricAlertRule(properties, targetOf(arm, properties)); // refuses what is wrong
  const whole = {
    ...{ id, name, type: METRIC_ALERT, location: "global", tags: body.tags ?? {} },
    properties: {
      ...{ autoMitigate: true, windowSize: "PT5M", actions: [], description: "" },
      ...properties,
      lastUpdatedTime: now.toISOString(),
      provisioningState: "Succeeded",
    },
  };
  // a rule that is changed begins anew: what it found before was another question
  const hidden = { state: newMetricAlert(now.getTime()) };
  const parent = groupOf(store, call.params).id;
  return answer(200, store.put({ id, type: METRIC_ALERT, parent, body: whole, hidden }).body);
}

function patch(arm: Arm, call: Call): Response {
  const { body } = ruleOf(arm.store, call), { tags = body.tags } = call.body;
  const properties = { ...propertiesOf(body), ...propertiesOf(call.body) };
  return put(arm, call, { ...body, tags, properties });
}

function status(arm: Arm, call: Call): Response {
  const { stored, state } = look(arm, ruleOf(arm.store, call));
  const properties = {
    dimensions: {},
    status: state.isFiring ? "Unhealthy" : "Healthy",
    timestamp: new Date(state.lookedAt).toISOString(),
  };
  const name = "current", id = `${stored.id}/status/${name}`;
  return answer(200, { value: [{ name, id, type: `${METRIC_ALERT}/status`, properties }] });
}

/** Looks at a rule, and keeps what was found. A resource that is gone has no requests any more. */
function look(ground: MetricAlertGround, stored: Stored): SeenMetricAlert {
  const { store, clock } = ground, properties = propertiesOf(stored.body);
  const before = stored.hidden.state as MetricAlertState;
  let target: MetricTarget;
  try {
    target = targetOf(ground, properties);
  } catch {
    return { stored, state: before };
  }
  const { read } = target, now = clock.now().getTime();
  const state = lookAgain(before, readMetricAlertRule(properties, target), { now, read });
  if (state !== before) store.put({ ...stored, hidden: { ...stored.hidden, state } });
  return { stored, state };
}

/** The one resource that a rule is about. */
function targetOf(ground: MetricAlertGround, { scopes }: JsonRecord): MetricTarget {
  const [scope, more] = Array.isArray(scopes) ? scopes : [];
  const found = more === undefined ? SCOPE.exec(String(scope)) : null;
  if (!found) {
    const message = "The scopes of a rule must be one online endpoint, or one deployment of it.";
    throw gatewayError(400, "BadRequest", message);
  }
  const [, subscription, group, workspace, endpoint, deployment] = found;
  return metricTarget(ground, {
    ...{ subscription, group, workspace, endpoint },
    ...deployment !== undefined && { deployment },
  });
}

function idOf(store: Store, { params }: Call): string {
  return `${groupOf(store, params).id}/providers/${METRIC_ALERT}/${params.rule}`;
}

function ruleOf(store: Store, call: Call): Stored {
  const id = idOf(store, call), found = store.get(id);
  if (!found) throw resourceNotFound(id);
  return found;
}
