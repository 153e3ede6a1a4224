import assert from "node:assert/strict";
import { GROUP, HOME, WORKSPACE } from "./control_host.ts";
import { eventually } from "./deployments.ts";
import { IGNORED as ignore } from "./has_buildah.ts";
import { hostJobs } from "./job_host.ts";

const DOCKERFILE = `
FROM denoland/deno:2.9.6
RUN echo built > /made
ENV FROM_IMAGE=image
USER deno
`;

const COMMAND = `set -e
cat /made && id -un && pwd
head -n 1 "\${{inputs.data}}" && echo "$FROM_IMAGE $TREES $MLFLOW_RUN_ID"
for i in 1 2; do echo "$i" >> \${{outputs.model}}/lines.txt; done
deno run --allow-env --allow-net=127.0.0.1 log.js
cp /made outputs/made.txt
echo gone > /mnt/azureml/x || echo "not there"
exit $CODE`;

const LOG = `
const { MLFLOW_TRACKING_URI, MLFLOW_RUN_ID } = Deno.env.toObject();
const response = await fetch(MLFLOW_TRACKING_URI + "/api/2.0/mlflow/runs/log-parameter", {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ run_id: MLFLOW_RUN_ID, key: "trees", value: "50" }),
});
console.log("logged", response.status);
`;

Deno.test({
  name: "buildah: a job's command is any, in the environment's image, with its user's rights",
  ignore,
  async fn() {
    await using host = await hostJobs({ runtime: "buildah" });
    const { ml, container } = host;
    const contextUri = await host.upload("env/built", { Dockerfile: DOCKERFILE }) + "/";
    await ml.environmentVersions.createOrUpdate(GROUP, WORKSPACE, "built", "1", {
      properties: { build: { contextUri } },
    });
    for (
      const [name, image] of [["plain", "denoland/deno:2.9.6"], ["none", "localhost/no/such:1"]]
    ) {
      await ml.environmentVersions.createOrUpdate(GROUP, WORKSPACE, name, "1", {
        properties: { image },
      });
    }
    const codeId = await host.code("src", { "log.js": LOG });
    await host.upload("data", { "a.csv": "first\nsecond\n" });
    const uri = "azureml://datastores/workspaceblobstore/paths/data/a.csv";
    const put = (name: string, environment: string, more: object) =>
      host.put(name, {
        jobType: "Command",
        environmentId: `${HOME}/environments/${environment}/versions/1`,
        codeId,
        ...more,
      });
    const full = (CODE: string) => ({
      command: COMMAND,
      environmentVariables: { TREES: "50", CODE },
      inputs: { data: { jobInputType: "uri_file", uri } },
      outputs: { model: { jobOutputType: "uri_folder" } },
    });
    await put("good", "built", full("0"));
    await put("bad", "built", full("7"));
    await put("plain", "plain", { command: "whoami && ls /mnt/azureml/cr/j" });
    await put("none", "none", { command: "true" });

    assert.equal((await host.until("good")).status, "Completed", await host.log("good"));
    assert.match(
      await host.log("good"),
      /^built\ndeno\n\/mnt\/azureml\/cr\/j\/good\/exe\/wd\nfirst\nimage 50 good\nlogged 200\n/,
    );
    assert.match(await host.log("good"), /not there/);
    assert.equal(await host.read(container, "azureml/good/model/lines.txt"), "1\n2\n");
    const made = "ExperimentRun/dcid.good/outputs/made.txt";
    assert.equal(await host.read("azureml", made), "built\n");
    const { run } = await (await fetch(`${host.base}/api/2.0/mlflow/runs/get?run_id=good`)).json();
    assert.deepEqual(run.data.params, [{ key: "trees", value: "50" }]);

    assert.equal((await host.until("bad")).status, "Failed");
    assert.match(await host.log("bad"), /UserError: The command ended with exit code 7/);
    assert.equal((await host.until("plain")).status, "Completed");
    assert.equal(await host.log("plain"), "root\nplain\n");
    assert.equal((await host.until("none")).status, "Failed");
    assert.match(await host.log("none"), /ImageBuildFailure: [^]*no\/such:1/);

    await put("sleeps", "plain", { command: "(sleep 61.5 &); sleep 61.5" });
    const sleepers = async () => {
      const { stdout } = await new Deno.Command("pgrep", { args: ["-fx", "sleep 61.5"] }).output();
      return new TextDecoder().decode(stdout).split("\n").length - 1;
    };
    await eventually("both sleep", async () => await sleepers() === 2);
    await ml.jobs.beginCancelAndWait(GROUP, WORKSPACE, "sleeps");
    assert.equal((await ml.jobs.get(GROUP, WORKSPACE, "sleeps")).properties.status, "Canceled");
    await eventually("none sleeps", async () => await sleepers() === 0);
    assert.deepEqual([...Deno.readDirSync(`${host.folder}/images/storage/vfs/dir`)], []);
    assert.deepEqual([...Deno.readDirSync(`${host.folder}/jobs`)], []);
  },
});
