/** The one MIME type of our own. */

/** MIME type of a published record. */
export const RECORD_MIME = "application/vnd.mlops.record+json";
