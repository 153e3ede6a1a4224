/**
 * Versioned assets: what models, data, environments and code have in common. A container holds the
 * versions of one name; it is made by the first of them.
 */

import { canonicalJson, type Json, type JsonRecord } from "lib/core/mod.ts";
import { AML, ARM, type Arm, propertiesOf, systemData, workspaceOf } from "./arm_context.ts";
import { type ArmError, notFound, userError } from "./arm_error.ts";
import { filtered, listAnswer } from "./arm_lists.ts";
import { answer, type Call, empty, type Route } from "./arm_router.ts";
import { type Fields, fieldsOf } from "./fields.ts";
import type { Stored } from "./store.ts";

/** What is being written. */
export interface AssetWrite {
  readonly arm: Arm;
  readonly workspace: Stored;
  readonly name: string;
  readonly version: string;
  /** The `properties` that the client sent. */
  readonly fields: Fields;
  /** The container, if there is one already. */
  readonly container: Stored | undefined;
}

/** One kind of asset and its rules. */
export interface AssetKind {
  /** Segment of the path and last part of the type, e.g. `models`. */
  readonly plural: string;
  /** For messages, e.g. `Model`. */
  readonly singular: string;
  /** Which versions there may be. Default any that a name may be. */
  readonly version?: { readonly pattern: RegExp; readonly rule: string };
  /** The kind's own properties of a version, filled in; throws where they break a rule. */
  properties(write: AssetWrite): JsonRecord;
  /** Those of them that never change. */
  readonly fixed: readonly string[];
  /** The error for one that was to change. */
  changed(write: AssetWrite): ArmError;
  /** The kind's own properties of a container. */
  containerProperties(fields: Fields): JsonRecord;
}

const NAME = /^[a-zA-Z0-9][\w.-]{0,254}$/;
const NAME_RULE = "must be 1 to 255 letters, digits, -, . or _ and begin with a letter or digit";

/** The operations of a kind. */
export function assetRoutes(arm: Arm, kind: AssetKind): Route[] {
  const { store } = arm, { plural, singular } = kind;
  const containerType = `${AML}/workspaces/${plural}`, versionType = `${containerType}/versions`;

  function containerId({ params }: Call): string {
    return `${workspaceOf(store, params).id}/${plural}/${params.name}`;
  }

  function found(id: string, { params }: Call): Stored {
    const asset = store.get(id);
    if (asset) return asset;
    const what = params.version === undefined ? params.name : `${params.name}:${params.version}`;
    throw notFound(`${singular} '${what}' was not found in workspace '${params.workspace}'.`);
  }

  function listContainers(call: Call): Response {
    const parent = workspaceOf(store, call.params).id;
    const containers = store.list({ type: containerType, parent });
    return listAnswer(call, filtered(call, containers.map(shownContainer)));
  }

  function shownContainer({ id, body, hidden }: Stored): JsonRecord {
    const versions = store.list({ type: versionType, parent: id }).map(({ body }) =>
      String(body.name)
    );
    const numbers = versions.filter((version) => /^\d{1,15}$/.test(version)).map(Number);
    const properties = {
      ...propertiesOf(body),
      latestVersion: versions.at(-1) ?? null,
      nextVersion: String(Math.max(Number(hidden.lastVersion ?? 0), ...numbers) + 1),
    };
    return { ...body, properties };
  }

  function putContainer(call: Call): Response {
    const id = containerId(call), before = store.get(id);
    const fields = fieldsOf(call.body, userError).object("properties");
    const own = kind.containerProperties(fields);
    const stored = writeContainer(before?.id ?? id, checkedName(call.params.name), {
      ...common(fields, before),
      ...own,
    }, before);
    return answer(before ? 200 : 201, shownContainer(stored));
  }

  function checkedName(name: string): string {
    if (NAME.test(name)) return name;
    throw userError({ field: `${singular.toLowerCase()} name`, rule: NAME_RULE, value: name });
  }

  function writeContainer(
    id: string,
    name: string,
    properties: JsonRecord,
    before?: Stored,
  ): Stored {
    const at = systemData(arm.clock.now(), before?.body.systemData as JsonRecord | undefined);
    const shown = String(before?.body.name ?? name);
    const body = { id, name: shown, type: containerType, properties, systemData: at };
    const parent = id.split("/").slice(0, -2).join("/");
    return store.put({ id, type: containerType, parent, body, hidden: before?.hidden ?? {} });
  }

  function listVersions(call: Call): Response {
    const { searchParams } = call.url, version = searchParams.get("version");
    const hash = searchParams.get("hash"); // how code is looked for, under whatever name it has
    const place = hash
      ? { below: `${workspaceOf(store, call.params).id}/${plural}` }
      : { parent: containerId(call) };
    const versions = store.list({ type: versionType, ...place });
    const wanted = versions.map(({ body }) => body).filter((body) =>
      (!version || body.name === version) &&
      (!hash || (propertiesOf(body).properties as JsonRecord).hash_sha256 === hash)
    );
    return listAnswer(call, filtered(call, wanted));
  }

  function putVersion(call: Call): Response {
    const { name, version } = call.params, workspace = workspaceOf(store, call.params);
    const container = store.get(`${workspace.id}/${plural}/${name}`);
    const fields = fieldsOf(call.body, userError).object("properties");
    checkedName(name);
    const { pattern, rule } = kind.version ?? { pattern: NAME, rule: NAME_RULE };
    if (!pattern.test(version)) {
      throw userError({ field: `${singular.toLowerCase()} version`, rule, value: version });
    }
    const parent = container?.id ?? `${workspace.id}/${plural}/${name}`;
    const before = store.get(`${parent}/versions/${version}`);
    const write = { arm, workspace, name, version, fields, container };
    const own = kind.properties(write), shared = common(fields, before);
    if (
      before && kind.fixed.some((field) => differ(own[field], propertiesOf(before.body)[field]))
    ) {
      throw kind.changed(write);
    }
    const id = before?.id ?? `${parent}/versions/${version}`;
    const stored = store.transaction(() => {
      if (!container) {
        const shared = { description: null, tags: {}, properties: {}, isArchived: false };
        writeContainer(parent, name, { ...shared, ...kind.containerProperties(fields) });
      }
      const at = systemData(arm.clock.now(), before?.body.systemData as JsonRecord | undefined);
      const properties = { ...shared, isAnonymous: fields.flag("isAnonymous") ?? false, ...own };
      const body = { id, name: version, type: versionType, properties, systemData: at };
      return store.put({ id, type: versionType, parent, body, hidden: before?.hidden ?? {} });
    });
    if (before) return answer(200, stored.body);
    return answer(201, stored.body, { location: `${ARM}${id}?api-version=${call.apiVersion}` });
  }

  function remove(id: string): Response {
    return empty(store.delete(id) > 0 ? 200 : 204);
  }

  /** A number that has been given out is not given out again, so the container remembers it. */
  function removeVersion(call: Call): Response {
    const container = store.get(containerId(call));
    if (!container) return empty(204);
    return store.transaction(() => {
      const lastVersion = Number(propertiesOf(shownContainer(container)).nextVersion) - 1;
      store.put({ ...container, hidden: { ...container.hidden, lastVersion } });
      return remove(versionId(call));
    });
  }

  const versionId = (call: Call) => `${containerId(call)}/versions/${call.params.version}`;
  const one = `~/${plural}/{name}`, version = `${one}/versions/{version}`;
  return [
    { method: "GET", path: `~/${plural}`, handle: listContainers },
    {
      method: "GET",
      path: one,
      handle: (call) => answer(200, shownContainer(found(containerId(call), call))),
    },
    { method: "PUT", path: one, handle: putContainer },
    { method: "DELETE", path: one, handle: (call) => remove(containerId(call)) },
    { method: "GET", path: `${one}/versions`, handle: listVersions },
    {
      method: "GET",
      path: version,
      handle: (call) => answer(200, found(versionId(call), call).body),
    },
    { method: "PUT", path: version, handle: putVersion },
    { method: "DELETE", path: version, handle: removeVersion },
  ];
}

/** What every asset has. `properties` only ever grow. */
function common(fields: Fields, before: Stored | undefined): JsonRecord {
  const kept = (before ? propertiesOf(before.body).properties ?? {} : {}) as JsonRecord;
  const given = fields.words("properties") ?? {};
  for (const [key, value] of Object.entries(kept)) {
    if (Object.hasOwn(given, key) && given[key] !== value) {
      const rule = `must stay ${JSON.stringify(value)}, since properties can only be added`;
      throw userError({ field: fields.path(`properties.${key}`), rule, value: given[key] });
    }
  }
  return {
    description: fields.text("description") ?? null,
    tags: fields.texts("tags") ?? {},
    properties: { ...kept, ...given },
    isArchived: fields.flag("isArchived") ?? false,
  };
}

function differ(a: Json | undefined, b: Json | undefined): boolean {
  return canonicalJson(a ?? null) !== canonicalJson(b ?? null);
}
