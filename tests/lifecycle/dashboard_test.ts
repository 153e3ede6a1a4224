import assert from "node:assert/strict";
import { BadInput } from "lib/core/mod.ts";
import {
  answerDashboard,
  checkDashboardChoice,
  chooseEndpoint,
  type DashboardData,
  dashboardErrorPage,
  dashboardPage,
  driftOf,
  type MonitoringRecord,
  performanceOf,
} from "lib/lifecycle/mod.ts";
import { performancePicture } from "lib/view/mod.ts";
import { parsed } from "../view/page_dom.ts";
import { age } from "../../lib/lifecycle/dashboard_age.ts";
import { conceptDrift, NOTHING } from "./dashboard_fixture.ts";

const data = await conceptDrift();

/** The tiles of a page: what each is called → what stands in it. */
function tilesOf(html: string): Map<string, string> {
  const tiles = [...parsed(html).querySelectorAll(".tiles li")];
  return new Map(tiles.map((tile) => [
    tile.querySelector("span")!.textContent!,
    [...tile.querySelectorAll("b, em, small")].map(({ textContent }) => textContent).join(" | "),
  ]));
}

/** The sections of a page: heading → the element. */
function sectionsOf(html: string) {
  return new Map(
    [...parsed(html).querySelectorAll("section.report")]
      .map((section) => [section.querySelector("h2")!.textContent!, section]),
  );
}

Deno.test("a dashboard of nothing says so in each section, and claims nothing in its tiles", () => {
  const html = dashboardPage(NOTHING), tiles = tilesOf(html), sections = sectionsOf(html);
  assert.deepEqual([tiles.size, sections.size], [12, 11]);
  for (const [heading, section] of sections) {
    assert.match(section.textContent!, /Nothing yet\./, heading);
  }
  const good = [...tiles].filter(([, text]) => text.includes("✓")).map(([name]) => name);
  assert.deepEqual(good, []);
  assert.match(
    tilesOf(dashboardPage({ ...NOTHING, alerts: [] })).get("Open alerts")!,
    /^0 \| ✓ ok/,
  );
  assert.match(tiles.get("Endpoint")!, /not there \| \? unknown/);
  assert.match(parsed(html).querySelector(".notice")!.textContent!, /There is no endpoint yet/);
});

Deno.test("concept drift is seen in tiles, pictures and words, in the order in which it is needed", () => {
  const html = dashboardPage(data), tiles = tilesOf(html), sections = sectionsOf(html);
  assert.match(tiles.get("Endpoint")!, /^serving \| ✓ ok/);
  assert.match(tiles.get("Open alerts")!, /^\d \| ✗ critical \| .*performance/);
  assert.match(tiles.get("What monitoring asks for")!, /^retrain \| ▲ warning/);
  assert.match(tiles.get("Version in use")!, /^2 \| ✓ ok \| digest [0-9a-f]{12}, as registered$/);
  assert.match(tiles.get("Traffic")!, /^blue 100 %/);
  const { count, total } = data.monitoring!.reports.at(-1)!.realised.accuracy;
  assert.match(
    tiles.get("Realised accuracy")!,
    new RegExp(`✗ critical \\| window 8: ${count} of ${total} labels are right, .* 90 %`),
  );
  assert.match(tiles.get("Error rate")!, /^0 % \| ✓ ok \| allowed 1 %; window 8, 50 requests$/);
  assert.match(tiles.get("Latency, p95")!, /^9\.65 ms \| ✓ ok \| promised 250 ms/);
  assert.match(tiles.get("Last gate")!, /^passed \| ✓ ok \| version 2, 1 h ago$/);
  assert.match(tiles.get("Last drill: time to mitigate")!, /^– \| \? unknown/);
  assert.deepEqual([...sections.keys()].slice(0, 3), ["What to do", "Alerts", "Accuracy"]);
  const pictures = ["Accuracy", "Drift", "Latency and errors"];
  for (const heading of pictures) {
    assert.equal([...sections.get(heading)!.querySelectorAll("img")].length, 1, heading);
  }
  assert.match(sections.get("What to do")!.textContent!, /retrain\. Next: deno task retrain/);
  assert.match(sections.get("Alerts")!.textContent!, /performance.*critical.*performance\.md/s);
  const drawn = sections.get("Accuracy")!.querySelector("img")!.getAttribute("alt")!;
  assert.match(drawn, /window 4: .*realised 9\d %\..*window 5: .*\(below the limit\)/);
  assert.match(sections.get("Decisions")!.textContent!, /it passed the gate/);
  assert.doesNotMatch(html, /(?:src|href)="(?!data:|#)/);
  assert.doesNotMatch(html, /<script|http-equiv="refresh"/);
  assert.match(dashboardPage(data, { refreshSeconds: 5 }), /http-equiv="refresh" content="5"/);
});

Deno.test("monitoring that asks for nothing is not called good while an alert is open", () => {
  const decision = { ...data.monitoring!.decision, branch: "ignore" as const };
  const monitoring = { ...data.monitoring!, decision };
  const told = (alerts: DashboardData["alerts"]) =>
    tilesOf(dashboardPage({ ...data, monitoring, alerts })).get("What monitoring asks for")!;
  assert.match(told(data.alerts), /^nothing \| \? unknown \| .*; \d alerts? open$/);
  assert.match(told([]), /^nothing \| ✓ ok \| asked 1 h ago$/);
});

Deno.test("figures of another version than the one in use are called so, and a foreign digest too", () => {
  const [blue] = data.deployments;
  const html = dashboardPage({ ...data, deployments: [{ ...blue, version: "3" }] });
  assert.match(html, /are of version 2; in use is version 3\./);
  assert.doesNotMatch(dashboardPage(data), /in use is version/);
  const other = dashboardPage({ ...data, deployments: [{ ...blue, digest: "f".repeat(64) }] });
  assert.match(tilesOf(other).get("Version in use")!, /✗ critical \| .* not the registered one/);
});

Deno.test("a record of another shape costs its sections and no other", () => {
  const { story, scene, version, decision, at } = data.monitoring!;
  const broken = { story, scene, version, decision, at, alerts: 1, reports: [{ name: "w" }] };
  const html = dashboardPage({ ...data, monitoring: broken as unknown as MonitoringRecord });
  const sections = sectionsOf(html);
  assert.match(sections.get("Drift")!.textContent!, /Cannot be shown: /);
  assert.match(sections.get("Decisions")!.textContent!, /it passed the gate/);
  assert.match(tilesOf(html).get("Drift")!, /^– \| \? unknown \| cannot be shown/);
  assert.match(tilesOf(html).get("Endpoint")!, /^serving/);
});

Deno.test("texts of records are shown as text", () => {
  const [change] = data.production;
  const production = [{ ...change, reason: "<img src=x onerror=alert(1)>" }];
  const html = dashboardPage({ ...data, production, endpointName: "<b>" });
  assert.doesNotMatch(html, /<img src=x|<b>&|<b> in use/);
  assert.match(dashboardErrorPage("<script>", data.at), /&lt;script&gt;/);
});

Deno.test("estimates that nobody can judge have no limits and have not fallen", () => {
  const reports = data.monitoring!.reports.map((report) => ({
    ...report,
    estimated: {
      ...report.estimated,
      ...{ state: "undecided" as const, limits: { low: 1, high: 1 }, value: 0.95 },
    },
  }));
  const windows = performanceOf(reports);
  assert.deepEqual([...new Set(windows.map(({ limits }) => limits))], [null]);
  assert.equal(
    performancePicture(windows).title,
    "Window 5: labels fall below the limit, and the estimate cannot be judged",
  );
  assert.equal(driftOf(reports).features.length, 5, "four inputs and the predicted classes");
});

Deno.test("the endpoint: the one asked for, else the only -live one, else a line that says what there is", () => {
  assert.deepEqual(chooseEndpoint(["a-live", "b"]), { name: "a-live", notice: null });
  assert.equal(chooseEndpoint(["a-live", "b"], "b").name, "b");
  assert.match(
    chooseEndpoint(["a-live"], "c").notice!,
    /^Endpoint c is not there\. There is: a-live/,
  );
  const two = chooseEndpoint(["b-live", "a-live"]);
  assert.equal(two.name, null);
  assert.match(two.notice!, /^2 endpoints .* --endpoint NAME\. There are: a-live, b-live\.$/);
  assert.match(chooseEndpoint([]).notice!, /no endpoint yet: deno task deploy/);
  for (const choice of [{ endpoint: "x" }, { endpoint: "a/b" }, { model: "../x" }, { model: "" }]) {
    assert.throws(() => checkDashboardChoice(choice), BadInput);
  }
});

Deno.test("over HTTP: GET of / under this machine's names, and nothing else", async () => {
  let made = 0;
  const ask = (url: string, options?: RequestInit) =>
    answerDashboard(new Request(url, options), () => Promise.resolve(`page ${++made}`));
  for (
    const url of ["http://127.0.0.1:8080/", "http://localhost/index.html", "http://LOCALHOST/?a"]
  ) {
    const answer = await ask(url);
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), /^page \d$/);
    assert.match(answer.headers.get("content-security-policy")!, /default-src 'none'/);
    assert.equal(answer.headers.get("cache-control"), "no-store");
  }
  const refused: [string, RequestInit, number][] = [
    ["http://127.0.0.1/", { method: "POST" }, 405],
    ["http://127.0.0.1/", { method: "DELETE" }, 405],
    ["http://127.0.0.1/other", {}, 404],
    ["http://evil.example/", {}, 421],
    ["http://127.0.0.1.evil.example/", {}, 421],
    ["http://127.0.0.1/", { headers: { host: "evil.example" } }, 421],
  ];
  for (const [url, options, status] of refused) {
    assert.equal((await ask(url, options)).status, status, url);
  }
  assert.equal(made, 3);
});

Deno.test("ages are told in their largest unit", () => {
  const now = "2026-03-02T00:00:00Z";
  const told = [0, 59, 60, 7199, 7200, 200_000].map((seconds) =>
    age(new Date(Date.parse(now) - 1000 * seconds).toISOString(), now)
  );
  assert.deepEqual(told, ["just now", "59 s ago", "1 min ago", "1 h ago", "2 h ago", "2 d ago"]);
  assert.equal(age("soon", now), "at an unknown time");
});
