/** What the contract says of endpoints, before anything that costs. */

import { endpointBody, endpointPath, putTraffic, refused } from "./conformance_body.ts";
import type { Assertion } from "./conformance_context.ts";

/** Names that break the rule: too short, a digit first, two dashes. */
const BAD_NAMES = ["a", "1conformance", "conform--ance"];

/** How they are made, changed and refused. */
export const ENDPOINT_ASSERTIONS: readonly Assertion[] = [
  {
    name: "endpoint: its name has rules",
    section: "§1 Online endpoint",
    expected: "refused: 400, 400, 400",
    async see(context) {
      const seen: string[] = [];
      for (const name of BAD_NAMES) {
        const { status } = await context.raw(
          "PUT",
          `/onlineEndpoints/${name}`,
          endpointBody(context),
        );
        seen.push(String(status));
        if (status < 400) await context.raw("DELETE", `/onlineEndpoints/${name}`);
      }
      return `${seen.every((code) => code >= "400") ? "refused" : "accepted"}: ${seen.join(", ")}`;
    },
  },
  {
    name: "endpoint: a managed one needs an identity",
    section: "§1 Online endpoint",
    expected: "refused: 400",
    async see(context) {
      const { identity: _none, ...body } = endpointBody(context);
      const path = `${endpointPath(context)}-no`, answer = await context.raw("PUT", path, body);
      if (answer.status < 400) await context.raw("DELETE", path);
      return `${answer.status < 400 ? "accepted" : "refused"}: ${answer.status}`;
    },
  },
  {
    name: "endpoint: PUT answers with the resource and an operation",
    section: "§1 Online endpoint",
    expected: "201, Creating, no scoringUri; Location its own, operation oe: ends Succeeded",
    async see(context) {
      const { status, body, headers } = await context.raw(
        "PUT",
        endpointPath(context),
        endpointBody(context),
      );
      const { provisioningState, scoringUri } = body.properties;
      const path = new URL(headers.get("location") ?? "none:").pathname;
      const own = path.toLowerCase().endsWith(endpointPath(context).toLowerCase());
      const operation = headers.get("azure-asyncoperation") ?? "";
      const [scope] = /oe:/.exec(operation) ?? ["of another kind"];
      const { body: end } = await context.ended(operation);
      return `${status}, ${provisioningState}, ${scoringUri ? "a" : "no"} scoringUri; Location ` +
        `${own ? "its own" : "another"}, operation ${scope} ends ${end.status}`;
    },
  },
  {
    name: "endpoint: what the operation tells",
    section: "§1 Online endpoint",
    expected: "id, name, startTime, endTime, percentComplete, status",
    async see(context) {
      const { body } = await context.raw("GET", endpointPath(context));
      const url = String(body.properties.properties.AzureAsyncOperationUri);
      const told = (await context.ended(url)).body;
      const fields = ["id", "name", "startTime", "endTime", "percentComplete", "status"];
      return fields.filter((field) => field in told).join(", ");
    },
  },
  {
    name: "endpoint: what it is once it is there",
    section: "§1 Online endpoint",
    expected: "Succeeded, Managed, https://…inference.ml.azure.com/score, traffic {}, no keys",
    async see(context) {
      const { body, text } = await context.raw("GET", endpointPath(context));
      const { provisioningState, scoringUri, traffic } = body.properties;
      context.made.scoringUrl = scoringUri;
      const url = String(scoringUri).replace(
        /^https:\/\/[\w.-]+?\.inference/,
        "https://…inference",
      );
      const keys = /primaryKey|secondaryKey/.test(text) ? "keys" : "no keys";
      return `${provisioningState}, ${body.kind}, ${url}, traffic ${
        JSON.stringify(traffic)
      }, ${keys}`;
    },
  },
  {
    name: "endpoint: PATCH takes tags, and its result is no resource",
    section: "§1 Online endpoint",
    expected: "202 null, Location mfeOperationResults, then 200 Succeeded",
    async see(context) {
      const tags = { purpose: "conformance", patched: "yes" };
      const { status, text, headers } = await context.raw("PATCH", endpointPath(context), { tags });
      const location = headers.get("location") ?? "";
      const [kind] = /mfeOperation\w+/i.exec(location) ?? ["elsewhere"];
      const end = await context.ended(location);
      return `${status} ${text}, Location ${kind}, then ${end.status} ${end.body?.status}`;
    },
  },
  {
    name: "traffic: a deployment that is not there",
    section: "§1 Online endpoint",
    expected: "refused: 400 BadRequest",
    see: async (context) => refused(await putTraffic(context, { nobody: 100 })),
  },
];
