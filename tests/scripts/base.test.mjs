// What the scripts of every page decide, without a page: second taps, and what was chosen to send.

import assert from "node:assert/strict";
import { test } from "node:test";

import { linesFor, sizeInWords } from "../../static/js/base/files.js";
import { isSecondTap } from "../../static/js/base/submits.js";

test("the first tap always goes through", () => {
  assert.equal(isSecondTap(undefined, 1000), false);
});

test("a second tap soon after is a slip of the thumb, a later one is meant", () => {
  assert.equal(isSecondTap(1000, 1400), true);
  assert.equal(isSecondTap(1000, 1000 + 7999), true);
  assert.equal(isSecondTap(1000, 1000 + 8000), false);
});

test("sizes are said as people say them", () => {
  assert.equal(sizeInWords(340), "340 bytes");
  assert.equal(sizeInWords(340_400), "340 KB");
  assert.equal(sizeInWords(2_140_000), "2.1 MB");
});

test("a file over the limit is said to be too large, and no other", () => {
  const lines = linesFor(
    [
      { name: "door.jpg", size: 2_000_000 },
      { name: "huge.heic", size: 20_000_001 },
    ],
    20_000_000,
  );
  assert.deepEqual(
    lines.map((line) => line.isTooLarge),
    [false, true],
  );
  assert.equal(lines[0].text, "door.jpg (2.0 MB)");
  assert.match(lines[1].text, /too large, the most is 20\.0 MB/);
});

test("without a limit nothing is too large", () => {
  assert.equal(linesFor([{ name: "a", size: 9e9 }], 0)[0].isTooLarge, false);
});
