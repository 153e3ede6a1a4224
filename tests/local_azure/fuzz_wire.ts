/** HTTP by hand over TCP, so that requests may be wrong: many on one connection, answers in order. */

/** A request as it goes over the wire. */
export interface WireRequest {
  readonly method: string;
  /** Path and query as they are written into the request line. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /** Whether the body goes in chunks, instead of behind its length. */
  readonly chunked: boolean;
}

/** What came back. */
export interface WireAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

/** How long an answer may take before it counts as never, in milliseconds. */
const LATE_MS = 60_000;

const encoder = new TextEncoder(), decoder = new TextDecoder("latin1");

/** The bytes of a request. Characters up to U+00FF go out as one byte each. */
export function bytesOf({ method, target, headers, body, chunked }: WireRequest): Uint8Array {
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  lines.push(chunked ? "transfer-encoding: chunked" : `content-length: ${body.length}`);
  const head = latin1(`${lines.join("\r\n")}\r\n\r\n`);
  if (!chunked) return joined([head, body]);
  const half = body.length >> 1, parts = [body.subarray(0, half), body.subarray(half)];
  const chunks = parts.filter(({ length }) => length > 0)
    .flatMap((
      part,
    ) => [encoder.encode(`${part.length.toString(16)}\r\n`), part, encoder.encode("\r\n")]);
  return joined([head, ...chunks, encoder.encode("0\r\n\r\n")]);
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
}

/** Several pieces as one. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) whole.set(part, at), at += part.length;
  return whole;
}

/** A connection on which requests are sent ahead of their answers. */
export class Wire {
  #connection: Deno.TcpConn;
  #read: Uint8Array = new Uint8Array(0);

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** Connects to a port on 127.0.0.1. */
  static async open(port: number): Promise<Wire> {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    connection.setNoDelay(true);
    return new Wire(connection);
  }

  /**
   * Sends requests at once and gives each answer to `take`, in order.
   *
   * @returns How many were answered: fewer than were sent if the server closed the connection.
   * @throws {Error} If an answer does not come in time.
   */
  async exchange(
    requests: readonly WireRequest[],
    take: (answer: WireAnswer, i: number) => void,
  ): Promise<number> {
    const sent = this.write(joined(requests.map(bytesOf))).catch(() => {}); // closed: told by the reader
    let answered = 0;
    for (const { method } of requests) {
      const answer = await this.answer(method);
      if (!answer) break;
      take(answer, answered++);
      if (answer.headers.get("connection")?.toLowerCase() === "close") break;
    }
    if (answered < requests.length) this.close();
    await sent;
    return answered;
  }

  /** Writes all of it. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
  }

  /** Reads one answer; nothing if the server closes first. */
  async answer(method: string, lateMs: number = LATE_MS): Promise<WireAnswer | undefined> {
    const end = performance.now() + lateMs;
    for (;;) {
      const head = await this.#until((bytes) => endOfHead(bytes), end);
      if (!head) return undefined;
      const [first, ...lines] = decoder.decode(head).trimEnd().split("\r\n");
      const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1]);
      const headers = new Map(lines.map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }));
      if (status < 200) continue;
      if (method === "HEAD" || status === 204 || status === 304) {
        return { status, headers, body: new Uint8Array() };
      }
      const body = await this.#body(headers, end);
      return body && { status, headers, body };
    }
  }

  async #body(headers: ReadonlyMap<string, string>, end: number): Promise<Uint8Array | undefined> {
    if (headers.get("transfer-encoding") !== "chunked") {
      const length = Number(headers.get("content-length") ?? 0);
      return await this.#until((bytes) => bytes.length >= length ? length : undefined, end);
    }
    const parts: Uint8Array[] = [];
    for (;;) {
      const line = await this.#until((bytes) => endOfLine(bytes), end);
      if (!line) return undefined;
      const length = parseInt(decoder.decode(line), 16);
      const chunk = await this.#until(
        (bytes) => bytes.length >= length + 2 ? length + 2 : undefined,
        end,
      );
      if (!chunk) return undefined;
      if (length === 0) return joined(parts);
      parts.push(chunk.subarray(0, length));
    }
  }

  /** Reads until `found` gives a length, and takes so much. */
  async #until(
    found: (bytes: Uint8Array) => number | undefined,
    end: number,
  ): Promise<Uint8Array | undefined> {
    const chunk = new Uint8Array(65_536);
    for (;;) {
      const length = found(this.#read);
      if (length !== undefined) {
        const taken = this.#read.slice(0, length);
        this.#read = this.#read.subarray(length);
        return taken;
      }
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<"late">((done) =>
        timer = setTimeout(() => done("late"), Math.max(end - performance.now(), 1))
      );
      const count = await Promise.race([this.#connection.read(chunk).catch(() => null), late]);
      clearTimeout(timer);
      if (count === "late") throw new Late();
      if (count === null) return undefined;
      this.#read = joined([this.#read, chunk.subarray(0, count)]);
    }
  }

  /** Says that nothing more will be sent. */
  async end(): Promise<void> {
    await this.#connection.closeWrite().catch(() => {});
  }

  /** Lets go of the connection. */
  close(): void {
    try {
      this.#connection.close();
    } catch { // it is closed already
    }
  }
}

/** An answer that did not come in time. */
export class Late extends Error {
  /** Always `Late`. */
  override readonly name = "Late";
}

function endOfHead(bytes: Uint8Array): number | undefined {
  for (let at = 3; at < bytes.length; at++) {
    if (bytes[at] === 10 && bytes[at - 1] === 13 && bytes[at - 2] === 10 && bytes[at - 3] === 13) {
      return at + 1;
    }
  }
}

function endOfLine(bytes: Uint8Array): number | undefined {
  const at = bytes.indexOf(10);
  return at < 0 ? undefined : at + 1;
}
