/** Requests to Blob storage at which Azurite breaks, where the service would refuse them. */

/** Longest body, in bytes: what one Put Blob may bring. */
const LONGEST_BODY = 5000 * 1024 * 1024;

/** Methods that the service has operations for. */
const METHODS = /^(GET|HEAD|PUT|POST|DELETE|OPTIONS)$/;

/** Tags in a header: names and values, as in a form. */
const TAGS = /^[^=&]+=[^=&]*(?:&[^=&]+=[^=&]*)*$/;

/** Why a request is refused. */
export interface BlobRequestFault {
  /** 400, 405 for a method, 413 for a body that is too long. */
  readonly status: 400 | 405 | 413;
  /** The service's word for it. */
  readonly code: string;
  /** One sentence. */
  readonly message: string;
}

/**
 * What is wrong with a request, as far as Azurite would end in an error of its own.
 *
 * @param request As it came.
 * @returns Nothing if Azurite can be asked.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { blobRequestFault } from "lib/local_azure/blob_request.ts";
 *
 * assert.equal(blobRequestFault(new Request("http://h/c/100%25")), undefined);
 * assert.equal(blobRequestFault(new Request("http://h/c/100%"))?.code, "InvalidUri");
 * ```
 */
export function blobRequestFault(
  { method, url, headers }: Request,
): BlobRequestFault | undefined {
  if (!METHODS.test(method)) {
    const message = "The resource doesn't support specified Http Verb.";
    return { status: 405, code: "UnsupportedHttpVerb", message };
  }
  if (Number(headers.get("content-length") ?? 0) > LONGEST_BODY) {
    const message = `The request body is longer than ${LONGEST_BODY} bytes.`;
    return { status: 413, code: "RequestBodyTooLarge", message };
  }
  if (url.includes("%") && !isDecodable(url)) {
    const message = "The request URI is invalid.";
    return { status: 400, code: "InvalidUri", message };
  }
  const tags = headers.get("x-ms-tags");
  if (tags !== null && !(TAGS.test(tags) && isDecodable(tags))) {
    const message = "The value for one of the HTTP headers is not in the correct format.";
    return { status: 400, code: "InvalidHeaderValue", message };
  }
  const version = url.includes("sv=") && URL.parse(url)?.searchParams.get("sv");
  if (version && !/^\d{4}-\d{2}-\d{2}$/.test(version)) {
    const message = "Value for one of the query parameters specified in the URI is invalid.";
    return { status: 400, code: "InvalidQueryParameterValue", message };
  }
}

function isDecodable(text: string): boolean {
  try {
    return decodeURIComponent(text) !== "";
  } catch {
    return false;
  }
}
