// What the form of an inspection decides, without a page: what an answer asks for, and when to save.

import assert from "node:assert/strict";
import { test } from "node:test";

import { makeAutosave } from "../../static/js/inspections/autosave.js";
import { isOneOf, lacksPhoto, needsOf } from "../../static/js/inspections/needs.js";

const nothing = { reason: false, raise: false };

test("an answer is one of a list, whole words only", () => {
  assert.equal(isOneOf("no", "no unsafe"), true);
  assert.equal(isOneOf("safe", "no unsafe"), false);
  assert.equal(isOneOf("", "no unsafe"), false);
});

test("a reason is asked for only by the answers that need one", () => {
  const rules = { reasonWhen: "no unchecked" };
  assert.equal(needsOf("yes", rules, nothing).reason, false);
  assert.equal(needsOf("no", rules, nothing).reason, true);
  assert.equal(needsOf("", rules, nothing).reason, false);
});

test("what was written is never hidden", () => {
  assert.equal(needsOf("yes", { reasonWhen: "no" }, { reason: true, raise: false }).reason, true);
  assert.equal(needsOf("good", { raiseWhen: "unsafe" }, { reason: false, raise: true }).raise, true);
});

test("a box without a rule stays in view", () => {
  assert.deepEqual(needsOf("yes", {}, nothing), { reason: true, raise: true, panel: null });
});

test("gas shows its panel, and no other answer does", () => {
  const rules = { emergencyWhen: "yes", panel: "gas" };
  assert.equal(needsOf("yes", rules, nothing).panel, "gas");
  assert.equal(needsOf("no", rules, nothing).panel, null);
});

test("a photo is lacking unless there is one, or a reason", () => {
  assert.equal(lacksPhoto("no", "no", 0, ""), true);
  assert.equal(lacksPhoto("no", "no", 1, ""), false);
  assert.equal(lacksPhoto("no", "no", 0, " too dark "), false);
  assert.equal(lacksPhoto("yes", "no", 0, ""), false);
});

/** A clock that is moved by hand. */
function handClock() {
  let next = 1;
  const planned = new Map();
  return {
    later: (work, ms) => {
      planned.set(next, { work, ms });
      return next++;
    },
    cancel: (id) => planned.delete(id),
    waits: () => [...planned.values()].map((one) => one.ms),
    async run() {
      const [id, one] = [...planned][0];
      planned.delete(id);
      await one.work();
    },
  };
}

test("many changes make one saving", async () => {
  const clock = handClock();
  let sent = 0;
  const autosave = makeAutosave({ send: async () => ++sent > 0, ...clock });
  autosave.changed();
  autosave.changed();
  autosave.changed();
  assert.deepEqual(clock.waits(), [2000]);
  await clock.run();
  assert.equal(sent, 1);
  assert.deepEqual(clock.waits(), []);
});

test("what fails is tried again, later and later, up to a minute", async () => {
  const clock = handClock();
  const answers = [false, false, true];
  const autosave = makeAutosave({ send: async () => answers.shift() ?? false, ...clock });
  autosave.changed();
  await clock.run();
  assert.deepEqual(clock.waits(), [4000]);
  await clock.run();
  assert.deepEqual(clock.waits(), [8000]);
  await clock.run();
  assert.deepEqual(clock.waits(), []);
  autosave.changed();
  assert.deepEqual(clock.waits(), [2000]);
  for (let n = 0; n < 9; n++) await clock.run();
  assert.deepEqual(clock.waits(), [60_000]);
});

test("an error counts as a failure", async () => {
  const clock = handClock();
  const autosave = makeAutosave({
    send: async () => {
      throw new Error("away");
    },
    ...clock,
  });
  autosave.changed();
  await clock.run();
  assert.deepEqual(clock.waits(), [4000]);
});

test("what changes while it is being sent is sent again", async () => {
  const clock = handClock();
  let release;
  let sent = 0;
  const autosave = makeAutosave({
    send: () => {
      sent += 1;
      return new Promise((done) => {
        release = () => done(true);
      });
    },
    ...clock,
  });
  autosave.changed();
  const first = clock.run();
  autosave.changed();
  assert.deepEqual(clock.waits(), []);
  release();
  await first;
  assert.deepEqual(clock.waits(), [2000]);
  const second = clock.run();
  release();
  await second;
  assert.equal(sent, 2);
});

test("once the form itself is sent, nothing more is saved", async () => {
  const clock = handClock();
  let sent = 0;
  const autosave = makeAutosave({ send: async () => ++sent > 0, ...clock });
  autosave.changed();
  autosave.stop();
  assert.deepEqual(clock.waits(), []);
});
