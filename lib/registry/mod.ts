/**
 * What we decided about models, and what they came from: versions with their origin, the aliases
 * champion and challenger, the history of production, the decisions of gates. It adds to Azure ML's
 * model list what that has no place for.
 *
 * Everything is a small JSON document in a {@linkcode DocumentStore} that is handed in (Blob on Azure,
 * memory in tests); the room itself does no I/O.
 *
 * | document | written |
 * |---|---|
 * | `models/NAME/versions/N.json` | once |
 * | `models/NAME/aliases.json` | over the ETag that was read |
 * | `models/NAME/production/NNNNNNNN.json` | once; entries are added and never changed |
 * | `models/NAME/decisions/N/NNNNNNNN.json` | once |
 * | `digests/DIGEST/NAME/N.json` | once; which versions have these bytes, rows or lockfile |
 * | `deployments/ENDPOINT/DEPLOYMENT/NNNNNNNN.json` | once; what was put there |
 * | `digests/DIGEST/NAME/N/ENDPOINT/DEPLOYMENT/NNNNNNNN.json` | the same, by bytes, rows, lockfile and image |
 *
 * Who changes something says what it is changed from. If somebody else was quicker, the answer is a
 * {@linkcode ConflictError} that names what is there instead: read again and decide anew. Nothing is
 * overwritten unseen, and no entry of a history can be lost.
 *
 * Look-ups: `versionsWithDigest` (served bytes → versions), `touchedBy` (bytes, rows, lockfile or
 * image → versions and deployments), `deployedTo` (place → deployments), `origin` (version → run, rows, commit,
 * lockfile), `productionAt` (instant → version).
 *
 * @module
 */

export * from "./aliases.ts";
export * from "./decisions.ts";
export * from "./deployments.ts";
export * from "./document_store.ts";
export * from "./memory_store.ts";
export * from "./not_found_error.ts";
export * from "./production.ts";
export * from "./records.ts";
export * from "./registry.ts";
export * from "./update.ts";
export * from "./versions.ts";
