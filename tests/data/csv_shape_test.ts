import assert from "node:assert/strict";
import fc from "fast-check";
import { csvShape } from "../../lib/data/mod.ts";

const shape = (text: string) => csvShape(text, "x.csv");

function refuses(text: string, message: string) {
  assert.throws(() => shape(text), { name: "BadInput", message });
}

Deno.test("csvShape() finds header, separator and lines", () => {
  assert.deepEqual(shape("a,b\n1,2\n3,4\n"), {
    separator: ",",
    header: ["a", "b"],
    lines: [2, 3],
    text: "1,2\n3,4\n",
  });
});

Deno.test("csvShape() finds semicolons and tabs, and leaves the other separators in the fields", () => {
  assert.deepEqual(shape("a;b\n1,5;2,5\n").separator, ";");
  assert.deepEqual(shape("a\tb\n1,5\t2;5\n").separator, "\t");
  assert.deepEqual(shape("a,b;c,d\n1,2;3,4\n").header, ["a", "b;c", "d"]);
  assert.deepEqual(shape("a,b;c\n1,2;3\n").header, ["a", "b;c"]); // as many: the comma
  assert.deepEqual(shape('"a;b;c;d",e\n1,2\n').header, ["a;b;c;d", "e"]);
});

Deno.test("csvShape() gives the same for LF and CRLF, with and without a final line end or a mark", () => {
  const plain = shape("a,b\n1,2\n3,4\n");
  for (const text of ["a,b\r\n1,2\r\n3,4\r\n", "a,b\n1,2\n3,4", "\uFEFFa,b\n1,2\r\n3,4\r\n"]) {
    assert.deepEqual(shape(text), plain);
  }
});

Deno.test("csvShape() passes over blank lines and still counts them", () => {
  const { lines, text } = shape("\n  \na,b\n\n1,2\n \t \n\r\n3,4\n\n\n");
  assert.deepEqual(lines, [5, 8]);
  assert.equal(text, "1,2\n3,4\n");
});

Deno.test("csvShape() takes a line of tabs for a row of empty fields where tabs separate", () => {
  assert.deepEqual(shape("a\tb\n1\t2\n\t\n3\t4\n").lines, [2, 3, 4]);
  assert.deepEqual(shape("a,b\n1,2\n\t\n3,4\n").lines, [2, 4]);
});

Deno.test("csvShape() counts a line end inside quotes as a line, not as a record", () => {
  const { lines, text } = shape('a,b\n"1\n\n2",x\n3,4\n\n"5\r\n6","7\n8"\n9,9\n');
  assert.deepEqual(lines, [2, 5, 7, 10]);
  assert.equal(text, '"1\n\n2",x\n3,4\n"5\n6","7\n8"\n9,9\n');
});

Deno.test("csvShape() takes quotes off the header, and lets it hold separators and line ends", () => {
  assert.deepEqual(shape('"a,b","c"\n1,2\n').header, ["a,b", "c"]);
  const odd = shape('"a ""x"", y","two\nlines",  c \n1,2,3\n');
  assert.deepEqual(odd.header, ['a "x", y', "two\nlines", "c"]);
  assert.deepEqual(odd.lines, [3]);
});

Deno.test("csvShape() refuses an empty text", () => {
  for (const text of ["", "\n\n", "\uFEFF", " \t\n"]) {
    refuses(text, 'x.csv must have a header line and rows: got ""');
  }
});

Deno.test("csvShape() refuses a header without rows", () => {
  for (const text of ["a,b", "a,b\n", "\na,b\n\n  \n"]) {
    refuses(text, 'x.csv must have rows below its header: got "a,b"');
  }
});

Deno.test("csvShape() refuses a row with too few or too many fields, by its line", () => {
  refuses("a,b,c\n1,2,3\n4,5\n", "x.csv line 3 must have 3 fields like the header: got 2");
  refuses("a,b,c\n1,2,3,4\n", "x.csv line 2 must have 3 fields like the header: got 4");
  refuses("a;b\n1,2\n", "x.csv line 2 must have 2 fields like the header: got 1");
});

Deno.test("csvShape() names the right line after blank lines and quoted line ends", () => {
  const text = 'a,b\n\n"one\ntwo",2\n\n3,4\n5\n';
  refuses(text, "x.csv line 7 must have 2 fields like the header: got 1");
});

Deno.test("csvShape() refuses quotes that RFC 4180 does not have, by the record's line", () => {
  const rule = "must have quotes around whole fields only, and doubled inside them";
  refuses('a,b\n1,2\n5" pipe,3\n4,5\n', `x.csv line 3 ${rule}: got "5\\" pipe,3\\n4,5\\n"`);
  refuses('a,b\n5" x,3\n6" y,4\n', `x.csv line 2 ${rule}: got "5\\" x,3\\n6\\" y,4"`);
  refuses('a,b\n1,"2\n3,4', `x.csv line 2 ${rule}: got "1,\\"2\\n3,4"`);
  refuses('a,b\n1,"c"at\n', `x.csv line 2 ${rule}: got "1,\\"c\\"at"`);
  refuses('a,"b"c\n1,2\n', `x.csv line 1 ${rule}: got "a,\\"b\\"c"`);
});

Deno.test("csvShape() reads what a writer of RFC 4180 wrote, whatever the fields", () => {
  const field = fc.string({ unit: fc.constantFrom("a", '"', ",", ";", "\n", " ") });
  const rows = fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(rows, (rows) => {
      const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
      let line = 2;
      const begins = rows.map((row) => {
        const at = line;
        line += row.join("").split("\n").length;
        return at;
      });
      const body = rows.map((row) => row.map(quoted).join(",") + "\n").join("");
      const { header, lines, text } = shape("a,b\n" + body);
      assert.deepEqual(header, ["a", "b"]);
      assert.deepEqual(lines, begins);
      assert.equal(text, body);
    }),
    { seed: 1, numRuns: 300 },
  );
});
