import assert from "node:assert/strict";
import {
  deploymentDraft,
  endpointDraft,
  GROUP,
  hostControl,
  registerAssets,
  WORKSPACE,
} from "./control_host.ts";

Deno.test("page: shows what runs, models with tags, endpoints with traffic and state", async () => {
  await using host = await hostControl();
  await registerAssets(host);
  const { ml } = host;
  await ml.modelVersions.createOrUpdate(GROUP, WORKSPACE, "iris", "2", {
    properties: {
      modelUri: "azureml://datastores/workspaceblobstore/paths/LocalUpload/3/model",
      tags: {
        modelDigest: "abc12345".repeat(8),
        stage: "candidate",
        alias: "<script>alert('x')</script>",
      },
    },
  });
  await ml.onlineEndpoints.beginCreateOrUpdateAndWait(GROUP, WORKSPACE, "flowers", endpointDraft());
  for (const name of ["blue", "green"]) {
    await ml.onlineDeployments
      .beginCreateOrUpdateAndWait(GROUP, WORKSPACE, "flowers", name, deploymentDraft());
  }
  const traffic = { blue: 90, green: 10 };
  await ml.onlineEndpoints.beginCreateOrUpdateAndWait(
    GROUP,
    WORKSPACE,
    "flowers",
    endpointDraft(traffic),
  );
  const response = await fetch(`${host.base}/`), html = await response.text();
  assert.match(response.headers.get("content-type")!, /^text\/html/);
  for (
    const text of [
      String(host.port),
      host.folder,
      "mlw-local",
      "<td>iris</td><td>2</td>",
      `modelDigest <b><abbr title="${"abc12345".repeat(8)}">abc12345abc1…</abbr></b>`,
      "stage <b>candidate</b>",
      `${host.clock.now().toISOString().slice(0, 10)} ${
        host.clock.now().toISOString().slice(11, 19)
      } UTC`,
      "<td>flowers</td><td>Succeeded</td><td>https://flowers.eastus.inference.ml.azure.com/v1/predict</td>",
      "<td>blue</td><td>Succeeded</td><td>90 %</td><td>iris:1</td>",
      "<td>green</td><td>Succeeded</td><td>10 %</td><td>iris:1</td>",
      "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;",
      'href="/api/2.0/mlflow/',
      'href="/_local/log"',
      "color-scheme: light dark",
    ]
  ) assert.ok(html.includes(text), text);
  assert.doesNotMatch(html, /<script|<img|<link|@import|url\(/);
  assert.doesNotMatch(html.replaceAll("https://flowers.eastus", ""), /(src|href)="https?:/);
});

Deno.test("page: an empty workspace says so; the log is plain text", async () => {
  await using host = await hostControl();
  const html = await (await fetch(`${host.base}/`)).text();
  assert.equal(html.match(/None yet\./g)?.length, 2);
  await host.arm("GET", "/models"); // what only reads is not logged
  await host.arm("DELETE", "/models/none");
  const response = await fetch(`${host.base}/_local/log`), text = await response.text();
  assert.match(response.headers.get("content-type")!, /^text\/plain/);
  assert.equal(JSON.parse(text.trim().split("\n").at(-1)!).path.endsWith("/models/none"), true);
  assert.equal(text.match(/"control plane"/g)?.length, 1);
});
