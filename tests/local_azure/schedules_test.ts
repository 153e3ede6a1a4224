import assert from "node:assert/strict";
import { GROUP, WORKSPACE } from "./control_host.ts";
import { eventually } from "./deployments.ts";
import { denoEnvironment, hostJobs, type JobHost } from "./job_host.ts";

async function names({ ml }: JobHost): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of ml.jobs.list(GROUP, WORKSPACE)) found.push(name!);
  return found.sort();
}

async function moveTo({ base }: JobHost, instant: string): Promise<void> {
  const body = JSON.stringify({ set: instant });
  const response = await fetch(`${base}/_local/clock`, { method: "POST", body });
  assert.equal(response.status, 200, await response.text());
}

Deno.test("schedules fire on Local Azure's clock, are switched off, and make up for nothing", async () => {
  const folder = await Deno.makeTempDir({ prefix: "local-azure-schedules-" });
  try {
    {
      await using host = await hostJobs({ folder });
      await moveTo(host, "2027-01-04T05:00:00Z"); // a Monday
      const environmentId = await denoEnvironment(host);
      const codeId = await host.code("src", { "say.js": "console.log('morning', Deno.args[0]);" });
      const properties = (isEnabled: boolean) => ({
        isEnabled,
        trigger: { triggerType: "Cron", expression: "0 6 * * 1-5", timeZone: "UTC" },
        action: {
          actionType: "CreateJob",
          jobDefinition: {
            ...{
              jobType: "Command",
              command: "deno run say.js ${{inputs.who}}",
              codeId,
              environmentId,
            },
            inputs: { who: { jobInputType: "literal", value: "all" } },
          },
        },
      });
      const put = (isEnabled: boolean) =>
        host.ml.schedules.beginCreateOrUpdateAndWait(GROUP, WORKSPACE, "daily", {
          properties: properties(isEnabled),
        } as never);
      await put(true);
      assert.deepEqual(await names(host), []);
      await moveTo(host, "2027-01-05T07:00:00Z");
      const due = ["daily-20270104T060000Z", "daily-20270105T060000Z"];
      await eventually("two have been made", async () => (await names(host)).join() === due.join());
      for (const name of due) assert.equal((await host.until(name)).status, "Completed");
      assert.match(await host.log(due[0]), /^morning all$/m);
      const { displayName } = (await host.ml.jobs.get(GROUP, WORKSPACE, due[0])).properties;
      assert.equal(displayName, due[0]);

      await put(false);
      await moveTo(host, "2027-01-06T07:00:00Z");
      await new Promise((done) => setTimeout(done, 1_200)); // two looks at the clock
      assert.deepEqual(await names(host), due);
      await put(true);
    }
    await using host = await hostJobs({ folder }); // a process later
    await new Promise((done) => setTimeout(done, 1_200));
    assert.equal((await names(host)).length, 2);
    await moveTo(host, "2027-01-07T06:00:01Z");
    await eventually("it has fired", async () => (await names(host)).length === 3);
    assert.equal((await names(host)).at(-1), "daily-20270107T060000Z");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
