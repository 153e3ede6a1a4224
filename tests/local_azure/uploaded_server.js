// What the tests upload as a build context: a server that does what it is told to.
const { PORT, HOST, AZUREML_MODEL_DIR, TMPDIR, START } = Deno.env.toObject();

if (START === "crash") {
  console.log("reading the model");
  throw new Error("there is no such model");
}
if (START === "addr-in-use-once") {
  const mark = `${TMPDIR}/tried`;
  try {
    Deno.readTextFileSync(mark);
  } catch {
    Deno.writeTextFileSync(mark, PORT);
    console.error("AddrInUse: Address already in use (os error 98)");
    Deno.exit(1);
  }
}
if (START === "deaf-to-sigterm") Deno.addSignalListener("SIGTERM", () => console.log("no"));

/** Ids and bodies of the requests to `/score`, in their order. */
const seen = [];

let isReady = START !== "never-ready", isLive = true, requests = 0;

/** Tries what a container may or may not do; the error's name, or what came of it. */
async function attempt(what, value) {
  try {
    switch (what) {
      case "env":
        return Deno.env.toObject();
      case "read":
        return Deno.readTextFileSync(value);
      case "list":
        return [...Deno.readDirSync(value)].map(({ name }) => name).sort();
      case "write":
        return Deno.writeTextFileSync(value, "x") ?? "written";
      case "net":
        return (await Deno.connect(JSON.parse(value))).close() ?? "connected";
      case "run":
        return new Deno.Command(value).outputSync().code;
      case "ffi":
        return Deno.dlopen(value, {}) && "loaded";
      case "import":
        return Object.keys(await import(value));
      case "cwd":
        return Deno.cwd();
    }
  } catch (error) {
    return error.name;
  }
}

Deno.serve({ hostname: HOST, port: Number(PORT), onListen() {} }, async (request) => {
  const { pathname, searchParams } = new URL(request.url);
  switch (pathname) {
    case "/live":
      return new Response(null, { status: isLive ? 200 : 500 });
    case "/ready":
      return new Response(null, { status: isReady ? 200 : 503 });
    case "/score/seen":
      return Response.json(seen);
    case "/score":
    case "/score/echo": {
      requests++;
      const body = await request.text();
      seen.push({ id: request.headers.get("x-request-id"), body });
      return Response.json({
        pid: Deno.pid,
        requests,
        method: request.method,
        path: pathname + new URL(request.url).search,
        headers: Object.fromEntries(request.headers),
        body,
        modelDir: AZUREML_MODEL_DIR,
      }, { headers: { "x-served-by": "the container" } });
    }
    case "/score/status":
      return new Response(searchParams.get("body"), { status: Number(searchParams.get("code")) });
    case "/score/sleep":
      await new Promise((done) => setTimeout(done, Number(searchParams.get("ms"))));
      return new Response("awake");
    case "/score/stream":
      return new Response(
        ReadableStream.from(["a", "b", "c"].map((x) => new TextEncoder().encode(x))),
      );
    case "/score/slow-stream": {
      const { readable, writable } = new TextEncoderStream(), writer = writable.getWriter();
      writer.write("a");
      setTimeout(
        () => writer.write("b").then(() => writer.close()),
        Number(searchParams.get("ms")),
      );
      return new Response(readable);
    }
    case "/swagger.json":
      return Response.json({ openapi: "3.0.0" });
    case "/do/attempt":
      return Response.json(await attempt(searchParams.get("what"), searchParams.get("value")));
    case "/do/say":
      console.log(searchParams.get("text"));
      return new Response();
    case "/do/exit":
      setTimeout(() => Deno.exit(Number(searchParams.get("code"))), 10);
      return new Response();
    case "/do/become":
      isReady = searchParams.get("ready") !== "no";
      isLive = searchParams.get("live") !== "no";
      return new Response();
  }
  return new Response("no such route", { status: 404 });
});
