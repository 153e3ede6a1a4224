import assert from "node:assert/strict";
import {
  confidencePicture,
  eprocessPicture,
  peekingPicture,
  type Picture,
  rolloutPicture,
  type RolloutPictureStep,
} from "lib/view/mod.ts";
import { assertSnapshot } from "./snapshot.ts";

const path = (name: string, slope: number) => ({
  name,
  looks: Array.from({ length: 20 }, (_, i) => ({
    rows: 100 * (i + 1),
    logE: slope * (i + 1) + 0.4 * Math.sin(2 * i),
  })),
});
const PATHS = [
  path("A/A", -0.06),
  path("B, two points worse", 0.12),
  path("B, ten points worse", 0.5),
];

const PEEKING = {
  looks: Array.from({ length: 30 }, (_, i) => ({
    look: i + 1,
    zTest: 0.28 * Math.log(i + 2) / Math.log(31),
    eProcess: 0.011 * (i + 1) / 30,
  })),
  alpha: 0.05,
  runs: 2_000,
};

const LOOKS = Array.from({ length: 20 }, (_, i) => ({
  rows: 100 * (i + 1),
  difference: 0.01 * Math.cos(i),
  low: 0.01 * Math.cos(i) - 0.4 / (i + 1) - 0.02,
  high: 0.01 * Math.cos(i) + 0.4 / (i + 1) + 0.02,
}));

const step = (
  [name, green, mirror, at]: [string, number, number, string],
  outcome: RolloutPictureStep["outcome"] = "advance",
): RolloutPictureStep => ({ name, green, mirror, takenAt: `2026-01-01T${at}:00Z`, outcome });
const BEGUN = [
  step(["green 0 %", 0, 0, "08:00"]),
  step(["mirror 50 %", 0, 50, "08:01"]),
  step(["green 10 %", 10, 0, "08:31"]),
];
const BACK = {
  history: [...BEGUN, step(["green 50 %", 50, 0, "10:00"], "roll-back")],
  state: "rolled-back",
  updatedAt: "2026-01-01T10:12:00Z",
};

const PICTURES: Record<string, () => Picture> = {
  eprocess_picture: () => eprocessPicture(PATHS),
  peeking_picture: () => peekingPicture(PEEKING),
  confidence_picture: () => confidencePicture(LOOKS, { margin: 0.05 }),
  rollout_picture: () => rolloutPicture(BACK),
};

for (const [name, draw] of Object.entries(PICTURES)) {
  Deno.test(`${name}: as stored, and the same the second time`, () => {
    const { svg, width, height } = draw();
    assert.equal(draw().svg, svg);
    assert.ok(width >= 760 && height > 150, `${width} × ${height}`);
    assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
    assertSnapshot(name, svg);
  });
}

const textOf = ({ svg }: Picture) => svg.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");

Deno.test("eprocessPicture() says who reaches the line, and no more", () => {
  assert.equal(
    eprocessPicture(PATHS).title,
    "B, ten points worse reaches the line after 700 rows; nothing else does",
  );
  assert.equal(
    eprocessPicture([PATHS[0]]).title,
    "No evidence reaches the line in 2,000 rows",
  );
  const many = Array.from({ length: 5 }, (_, i) => path(`p${i}`, i < 3 ? 1 : 0));
  assert.equal(eprocessPicture(many).title, "3 of 5 reach the line");
  assert.equal(eprocessPicture(PATHS, { title: "Mine" }).title, "Mine");
});

Deno.test("eprocessPicture() draws the line at 1/alpha and cuts what is beyond", () => {
  const far = { name: "far", looks: [{ rows: 100, logE: -500 }, { rows: 200, logE: 500 }] };
  const picture = eprocessPicture([far], { alpha: 0.01 });
  assert.match(textOf(picture), /1\/α = 100: enough/);
  assert.match(textOf(picture), /1,000,000/);
  assert.match(picture.alt, /far: over 1,000,000 at the end/);
  assert.throws(() => eprocessPicture([]), /1 to 10 paths/);
  assert.throws(() => eprocessPicture([{ name: "x", looks: [] }]), /paths with looks/);
  assert.throws(() => eprocessPicture([far], { alpha: 0 }), RangeError);
});

Deno.test("peekingPicture() puts both shares into the title and the promise into the picture", () => {
  const picture = peekingPicture(PEEKING);
  assert.equal(
    picture.title,
    "Looking 30 times, the z-test names a winner among equals in 28 %, the e-process in 1 %",
  );
  assert.match(textOf(picture), /promised: 5 %/);
  assert.throws(() => peekingPicture({ ...PEEKING, looks: [] }), /there are no looks/);
});

Deno.test("confidencePicture() claims only what the band carries", () => {
  const at = (low: number, high: number, margin?: number) =>
    confidencePicture([{ rows: 900, difference: (low + high) / 2, low, high }], { margin }).title;
  assert.equal(at(0.012, 0.05), "After 900 rows B is better, by at least 1.2 points of accuracy");
  assert.equal(at(-0.05, -0.01), "After 900 rows B is worse, by at least 1 point of accuracy");
  assert.equal(
    at(-0.05, 0.01),
    "After 900 rows B may be better or worse: between −5.0 and +1.0 points",
  );
  assert.match(
    at(-0.04, 0.01, 0.05),
    /loses less than 5 points of accuracy; better or worse is open/,
  );
  assert.match(at(-0.06, 0.01, 0.05), /may be better or worse/);
  assert.throws(() => confidencePicture([]), /there are no looks/);
});

Deno.test("rolloutPicture() says how far green came, in words for every state", () => {
  const of = (state: string, outcome: RolloutPictureStep["outcome"]) => {
    const last = step(["green 100 %", 100, 0, "10:00"], outcome);
    return rolloutPicture({ history: [...BEGUN, last], state, updatedAt: "2026-01-01T13:00:00Z" });
  };
  assert.equal(of("done", "advance").title, "Green answers everything, after 5 hours");
  assert.equal(of("held", "hold").title, "Held at green 100 %: it has not shown enough to go on");
  assert.equal(of("running", null).title, "Green answers everything and is being watched");
  assert.equal(
    rolloutPicture(BACK).title,
    "Rolled back at green 50 %, 12 minutes after that step began",
  );
  assert.match(textOf(rolloutPicture(BACK)), /▼ roll back.*back to blue/);
  const begun = { ...BEGUN[2], takenAt: null };
  assert.throws(() => rolloutPicture({ ...BACK, history: [begun] }), /no step was taken/);
});
