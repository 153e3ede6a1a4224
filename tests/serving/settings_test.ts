import assert from "node:assert/strict";
import { readSettings } from "lib/serving/mod.ts";
import { pure } from "./pets.ts";

const read = (variables: Record<string, string>) => readSettings((name) => variables[name]);

const COLLECT = {
  COLLECT_ACCOUNT_URL: "https://a.blob.core.windows.net/",
  COLLECT_CONTAINER: "logs",
  ENDPOINT_NAME: "iris",
  DEPLOYMENT_NAME: "blue",
};

pure("readSettings() has Azure's defaults, and collects nothing", () => {
  const { host, port, modelDir, modelVersion, modelDigest, collect, shutdownMs } = read({
    PORT: "",
  });
  assert.deepEqual([host, port, modelDir, modelVersion], ["0.0.0.0", 8080, "model", "none"]);
  assert.deepEqual([modelDigest, collect, shutdownMs], [undefined, undefined, 20_000]);
});

pure("readSettings() reads what is needed to collect", () => {
  const settings = read({ ...COLLECT, TMPDIR: "/t", COLLECT_SAMPLING: "0.5" });
  assert.equal(settings.source, "/onlineEndpoints/iris/deployments/blue");
  assert.deepEqual(settings.collect, {
    accountUrl: "https://a.blob.core.windows.net",
    container: "logs",
    sampling: 0.5,
    spool: "/t/collector",
    spoolBytes: 64_000_000,
    flushMs: 10_000,
    flushBytes: 1_000_000,
  });
});

pure("readSettings() takes Local Azure from either name, and hurries to end there", () => {
  for (const name of ["LOCAL_AZURE_URL", "AZURE_EMULATOR"]) {
    const { localUrl, shutdownMs } = read({ [name]: "http://127.0.0.1:7070" });
    assert.deepEqual([localUrl, shutdownMs], ["http://127.0.0.1:7070", 2_500]);
  }
});

pure("readSettings() names variable, rule and value of what is wrong", () => {
  const wrong: [Record<string, string>, RegExp][] = [
    [{ PORT: "80.5" }, /^PORT must be a whole number from 0 to 65535: got "80.5"$/],
    [{ PORT: "-1" }, /^PORT must be/],
    [{ MODEL_DIGEST: "abc" }, /^MODEL_DIGEST must be 64 .*: got "abc"$/],
    [{ COLLECT_CONTAINER: "logs" }, /^COLLECT_ACCOUNT_URL must be set where COLLECT_CONTAINER is$/],
    [{ COLLECT_ACCOUNT_URL: "https://a.x" }, /^COLLECT_CONTAINER must be set where/],
    [{ ...COLLECT, COLLECT_ACCOUNT_URL: "http://a.x" }, /must be https:\/\/HOST/],
    [{ ...COLLECT, COLLECT_ACCOUNT_URL: "https://a.x/?sig=1" }, /must be https:\/\/HOST/],
    [{ ...COLLECT, COLLECT_SAMPLING: "1.1" }, /^COLLECT_SAMPLING must be a number from 0 to 1/],
    [{ ...COLLECT, COLLECT_SAMPLING: "half" }, /^COLLECT_SAMPLING must be/],
    [{ ...COLLECT, ENDPOINT_NAME: "" }, /^ENDPOINT_NAME must be set to collect$/],
    [{ ...COLLECT, DEPLOYMENT_NAME: "../x" }, /^DEPLOYMENT_NAME must be letters/],
  ];
  for (const [variables, message] of wrong) assert.throws(() => read(variables), { message });
});

pure("readSettings() sends tokens in clear text to this machine only", () => {
  for (
    const url of [
      "http://example.org:80",
      "https://127.0.0.1:7070",
      "http://127.0.0.1.evil.org:80",
      "http://127.0.0.1:80@evil.org",
      "http://127.0.0.1",
      "http://example.org/?http://127.0.0.1:80",
    ]
  ) assert.throws(() => read({ LOCAL_AZURE_URL: url }), /LOCAL_AZURE_URL must be http:\/\/127/);
});

pure("readSettings() takes the delay of an incident drill, up to ten seconds", () => {
  assert.equal(read({}).drillDelayMs, 0);
  assert.equal(read({ DRILL_DELAY_MS: "250" }).drillDelayMs, 250);
  for (const value of ["-1", "10001", "2.5", "slow"]) {
    const rule = /^BadInput: DRILL_DELAY_MS must be a whole number from 0 to 10000: got /;
    assert.throws(() => read({ DRILL_DELAY_MS: value }), rule);
  }
});
