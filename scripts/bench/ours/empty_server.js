// An empty scoring server: it reads the body and answers the same to everybody. `bench local-azure`
// uploads it as a container and runs it beside the router as well. It is plain JavaScript, since a
// container gets it as it is.
const answer = '{"predictions":[0]}', headers = { "content-type": "application/json" };
const { HOST = "127.0.0.1", PORT = "0" } = Deno.env.toObject();
Deno.serve({
  hostname: HOST,
  port: Number(PORT),
  onListen: ({ port }) => console.log(port),
}, async (request) => {
  if (request.method === "POST") await request.bytes();
  return new Response(answer, { headers });
});
