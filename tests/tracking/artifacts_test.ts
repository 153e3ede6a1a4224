import assert from "node:assert/strict";
import { createTracking, type Fetch } from "lib/tracking/mod.ts";

/**
 * Azure ML as azureml-mlflow 1.62 meets it: the run history hands out a signed URL, the file goes to
 * Blob without a token. Local Azure's own run history is in tests/local_azure/run_history_test.ts; this
 * one stands in for answers that it does not give.
 */
function standIn(artifactUri: string, information: Record<string, unknown>) {
  const asked: { url: string; method?: string; headers: Headers; body: string }[] = [];
  const answer = (url: string) => {
    if (url.includes("get-by-name")) return { experiment: { experiment_id: "3" } };
    if (url.includes("runs/create")) {
      return { run: { info: { run_id: "r1", artifact_uri: artifactUri }, data: {} } };
    }
    return { artifactContentInformation: information };
  };
  const record = async (url: string, { method, headers, body }: RequestInit = {}) => {
    const text = await new Response(body).text();
    asked.push({ url, method, headers: new Headers(headers), body: text });
  };
  const fetch: Fetch = async (url, init) => {
    await record(url, init);
    return Response.json(answer(url));
  };
  const plainFetch: Fetch = async (url, init) => {
    await record(`plain ${url}`, init);
    return new Response(null, { status: 201 });
  };
  return { asked, tracking: createTracking({ fetch, plainFetch, baseUrl: "https://server" }) };
}

const WORKSPACE = "subscriptions/s/resourceGroups/rg/providers/Microsoft.MachineLearningServices/" +
  "workspaces/ws";
const RUN = `${WORKSPACE}/experiments/e/runs/r1/artifacts`;

Deno.test("logArtifact() in Azure: a signed URL from the run history, the bytes without a token", async () => {
  const contentUri = "https://account.blob.core.windows.net/azureml/ExperimentRun/x?sig=1";
  const { asked, tracking } = standIn(
    `azureml://eastus.api.azureml.ms/mlflow/v2.0/${RUN}`,
    { "plots/a.svg": { contentUri } },
  );
  const run = await tracking.startRun({ experiment: "e" });
  await run.logArtifact("plots/a.svg", "<svg/>");
  const [history, put] = asked.slice(-2);
  assert.equal(history.url, `https://eastus.api.azureml.ms/history/v1.0/${RUN}/batch/metadata`);
  assert.equal(history.method, "POST");
  assert.deepEqual(JSON.parse(history.body), { paths: [{ path: "plots/a.svg" }] });
  assert.equal(put.url, `plain ${contentUri}`);
  assert.equal(put.headers.get("x-ms-blob-type"), "BlockBlob");
  assert.equal(put.body, "<svg/>");
});

Deno.test("logArtifact() says what it cannot do", async () => {
  const nothing = standIn(`azureml://h/mlflow/v2.0/${RUN}`, {});
  const run = await nothing.tracking.startRun({ experiment: "e" });
  await assert.rejects(run.logArtifact("a", "x"), { code: "NO_CONTENT_URI" });
  const s3 = await standIn("s3://bucket/run", {}).tracking.startRun({ experiment: "e" });
  await assert.rejects(s3.logArtifact("a", "x"), {
    code: "UNSUPPORTED",
    message: "Cannot log artifact a: artifacts at s3://bucket/run are kept in a way that is not " +
      "known here (UNSUPPORTED)",
  });
});

Deno.test("logArtifact() in Azure, sent again: the same bytes are there already, others are refused", async () => {
  const contentUri = "https://account.blob.core.windows.net/azureml/ExperimentRun/x?sig=1";
  for (const there of ["<svg/>", "another"]) {
    const folder = await Deno.makeTempDir({ prefix: "tracking-buffer-" });
    let isAway = false, stored: string | undefined;
    const fetch: Fetch = (url) => {
      if (url.includes("get-by-name")) {
        return Promise.resolve(Response.json({ experiment: { experiment_id: "3" } }));
      }
      const info = { run_id: "r1", artifact_uri: `azureml://h/mlflow/v2.0/${RUN}` };
      return Promise.resolve(Response.json(
        url.includes("runs/create")
          ? { run: { info, data: {} } }
          : { artifactContentInformation: { "a.svg": { contentUri } } },
      ));
    };
    const plainFetch: Fetch = async (_url, { method, body } = {}) => {
      if (method === "GET") return new Response(stored);
      if (stored !== undefined) return new Response("{}", { status: 409 });
      const text = await new Response(body).text();
      stored = there === "<svg/>" ? text : there;
      if (isAway) throw new TypeError("connection reset"); // it was stored, and the answer is lost
      return new Response(null, { status: 201 });
    };
    const buffer = { folder, pauseSeconds: 0, say: () => {} };
    const tracking = createTracking({ fetch, plainFetch, baseUrl: "https://server", buffer });
    const run = await tracking.startRun({ experiment: "e" });
    isAway = true;
    await run.logArtifact("a.svg", "<svg/>");
    isAway = false;
    const { sent, left, refused } = await tracking.flush();
    const isSame = there === "<svg/>";
    assert.deepEqual([sent, left, refused.length], isSame ? [1, 0, 0] : [0, 0, 1]);
    await Deno.remove(folder, { recursive: true });
  }
});
