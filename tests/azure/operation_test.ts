import assert from "node:assert/strict";
import { OperationError, operationError, settle } from "lib/azure/mod.ts";

/** A poller that is done after so many polls. */
function poller(polls: number, result = "made") {
  let asked = 0;
  return {
    poll: () => Promise.resolve(asked++),
    isDone: () => asked >= polls,
    getResult: () => result,
  };
}

Deno.test("settle() tells how long it waits and gives the result", async () => {
  const waits: number[] = [];
  const options = { action: "make", intervalMs: 1, onWait: (s: number) => waits.push(s) };
  assert.equal(await settle(() => Promise.resolve(poller(3)), options), "made");
  assert.equal(waits.length, 3);
  assert.ok(waits.every((seconds, i) => i === 0 || seconds >= waits[i - 1]));
});

Deno.test("settle() ends with the signal's reason, before and while it waits", async () => {
  const reason = new Error("enough");
  const never = () => Promise.resolve(poller(Infinity));
  const aborted = AbortSignal.abort(reason);
  await assert.rejects(
    settle(never, { action: "make", intervalMs: 1, signal: aborted }),
    (error) => error === reason,
  );
  const controller = new AbortController();
  const waiting = settle(never, {
    action: "make",
    intervalMs: 60_000,
    signal: controller.signal,
    onWait: () => controller.abort(reason),
  });
  await assert.rejects(waiting, (error) => error === reason);
});

Deno.test("settle() turns a failed operation into code, reason and the last log lines", async () => {
  const failed = new Error(
    "The long-running operation has failed. ImageBuildFailure. Line 3: RUN is not supported",
  );
  const options = {
    action: "deploy blue",
    intervalMs: 1,
    log: () => Promise.resolve(["one", "two"]),
  };
  await assert.rejects(settle(() => Promise.reject(failed), options), (error) => {
    assert.ok(error instanceof OperationError);
    assert.deepEqual(
      [error.code, error.reason, error.log],
      ["ImageBuildFailure", "Line 3: RUN is not supported", ["one", "two"]],
    );
    assert.equal(
      error.message,
      "Cannot deploy blue: ImageBuildFailure: Line 3: RUN is not supported (last log line: two)",
    );
    return true;
  });
});

Deno.test("settle() keeps the error when the log cannot be had either", async () => {
  const options = {
    action: "deploy",
    intervalMs: 1,
    log: () => Promise.reject(new Error("no log")),
  };
  const refused = Object.assign(new Error("no quota"), { code: "OutOfQuota" });
  await assert.rejects(settle(() => Promise.reject(refused), options), {
    message: "Cannot deploy: OutOfQuota: no quota",
  });
});

Deno.test("operationError() unpacks the reasons that Azure ML wraps in JSON", () => {
  const message = JSON.stringify({ errors: { "": ["first", "second"] }, title: "…" });
  const error = Object.assign(new Error("The request is invalid."), {
    code: "BadRequest",
    details: { error: { details: [{ message }] } },
  });
  assert.equal(operationError("make", error).reason, "first second");
});
