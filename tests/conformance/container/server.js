// The container of the clients' deployments: answers with what its model's file holds.
const { PORT = "8080", HOST = "0.0.0.0", AZUREML_MODEL_DIR = "", GREETING = "" } = Deno.env
  .toObject();

/** The model is mounted with the last name of what was uploaded. */
function weightsIn(folder) {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) return weightsIn(`${folder}/${name}`);
    if (name === "weights.json") return JSON.parse(Deno.readTextFileSync(`${folder}/${name}`));
  }
  throw new Error(`there are no weights in ${folder}`);
}

const weights = weightsIn(AZUREML_MODEL_DIR);
console.log(`weights ${JSON.stringify(weights)}`);

Deno.serve({ hostname: HOST, port: Number(PORT), onListen() {} }, async (request) => {
  const { pathname } = new URL(request.url);
  if (pathname === "/live" || pathname === "/ready") return new Response("ok");
  if (pathname !== "/score") return new Response("no such route", { status: 404 });
  const { rows } = await request.json();
  if (!Array.isArray(rows)) {
    const error = { code: "BadInput", message: "rows must be an array" };
    return Response.json({ error }, { status: 422 });
  }
  const sums = rows.map((row) => row.reduce((sum, x, at) => sum + x * weights[at], 0));
  return Response.json({ greeting: GREETING, sums });
});
