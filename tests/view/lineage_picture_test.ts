import assert from "node:assert/strict";
import { DARK, LIGHT, lineagePicture } from "lib/view/mod.ts";
import { inTheme } from "../../lib/view/theme.ts";
import { assertSnapshot } from "./snapshot.ts";

const LINEAGE = {
  title: "One answer and all that it came from",
  subtitle: "Digests are cut.",
  nodes: [
    { id: "request", kind: "Request", name: "iris-live-0001-000042", column: 0, state: "asked" },
    { id: "place", kind: "Deployment", name: "green", detail: "iris-live", column: 1 },
    { id: "model", kind: "Model", name: "iris:2", detail: "0a1b2c3d4e5f", column: 2 },
    { id: "image", kind: "Image", name: "not written down", column: 2, state: "missing" },
    { id: "rows", kind: "Rows", name: "iris, 59", detail: "5f4e3d2c1b0a", column: 3 },
    { id: "commit", kind: "Commit", name: "c0ffee", column: 3 },
  ],
  edges: [
    { from: "request", to: "place" },
    { from: "place", to: "model" },
    { from: "place", to: "image" },
    { from: "model", to: "rows" },
    { from: "model", to: "commit" },
  ],
} as const;

Deno.test("lineagePicture(): as stored, and the same the second time", () => {
  const { svg, width } = lineagePicture(LINEAGE);
  assert.equal(lineagePicture(LINEAGE).svg, svg);
  assert.equal(width, 760);
  assertSnapshot("lineage_picture", svg);
});

Deno.test("lineagePicture() marks what is missing by dashes and by a word, not by colour alone", () => {
  const { svg } = lineagePicture(LINEAGE);
  assert.equal(svg.split("stroke-dasharray").length - 1, 2, "the box and the line to it");
  assert.ok(svg.includes(">Image: missing<"));
});

Deno.test("lineagePicture() has no colour that stays light in the dark", () => {
  const dark = inTheme(lineagePicture(LINEAGE).svg, "dark");
  const own = [LIGHT.paper, LIGHT.ink, LIGHT.muted].filter((colour) => dark.includes(colour));
  assert.deepEqual(own.filter((colour) => !Object.values(DARK).flat().includes(colour)), []);
});

Deno.test("lineagePicture() refuses what it could not draw", () => {
  const [request, place] = LINEAGE.nodes;
  const draw = (more: object) => () => lineagePicture({ ...LINEAGE, edges: [], ...more });
  assert.throws(draw({ nodes: [] }), /there is nothing in it/);
  assert.throws(draw({ nodes: [{ ...request, column: 4 }] }), /from 0 to 3: request is in 4/);
  assert.throws(
    draw({ nodes: [request, { ...place, id: "request" }] }),
    /two have one id: request/,
  );
  const edge = (from: string, to: string) => draw({ edges: [{ from, to }] });
  assert.throws(edge("request", "nobody"), /nobody, to which an edge leads, is not there/);
  assert.throws(edge("request", "model"), /request and model are not beside each other/);
});
