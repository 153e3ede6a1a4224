/** A request whose path goes out as it is written: fetch would resolve the `..` in it. */

/** Sends one request and reads the answer; every connection is closed after it. */
export async function rawRequest(
  port: number,
  method: string,
  path: string,
  body: string,
): Promise<{ status: number; text: string }> {
  const socket = await Deno.connect({ hostname: "127.0.0.1", port });
  const request = `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n` +
    `Content-Length: ${body.length}\r\n\r\n${body}`;
  await socket.write(new TextEncoder().encode(request));
  const answer = await new Response(socket.readable).text();
  const [head, ...rest] = answer.split("\r\n\r\n");
  return { status: Number(head.split(" ")[1]), text: rest.join("\r\n\r\n") };
}
