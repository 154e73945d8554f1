import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { deadLetters } from "../../../../schemas/index.ts";
import {
  Application,
  createEmbeddedBackbone,
  createMemoryEngine,
  defineOperator,
  defineTopic,
  defineTopology,
  Publisher,
  Serdes,
} from "../../../../streams/index.ts";
import { Load, SpareTime } from "../../../../streams/runtime/pass/spare-time.ts";
import { eventually } from "../../../eventually.ts";

test("an application is busy while it works most of its time, and soon after it no longer is", () => {
  const load = new Load();
  expect(load.isBusy).toBe(false);
  for (let n = 0; n < 20; n++) load.add(40, 60);
  expect(load.isBusy).toBe(false);
  for (let n = 0; n < 20; n++) load.add(80, 20);
  expect(load.isBusy).toBe(true);
  for (let n = 0; n < 8; n++) load.add(0, 100);
  expect(load.isBusy).toBe(false);
});

test("beside a busy application work has a hundredth of the time, and rests no longer than that one is busy", () => {
  const other = { isBusy: true };
  const spare = new SpareTime(other);
  expect(spare.rests(0)).toBe(false);
  spare.worked(1_000, 1_020);
  expect([1_020, 2_999, 3_000].map((at) => spare.rests(at))).toEqual([true, true, false]);
  other.isBusy = false;
  expect(spare.rests(1_500)).toBe(false);
});

test("beside a busy application a turn is one task's, in turn", () => {
  const other = { isBusy: true };
  const spare = new SpareTime(other);
  expect(spare.turn([])).toEqual([]);
  expect([1, 2, 3].map(() => spare.turn(["a", "b"]))).toEqual([["a"], ["b"], ["a"]]);
  other.isBusy = false;
  expect(spare.turn(["a", "b"])).toEqual(["a", "b"]);
});

const schema = { type: "record", name: "Number", fields: [{ name: "n", type: "int" }] } as const;
const asked = defineTopic<{ n: number }>({ name: "asked", schema });

test("work that may be late rests while the other application is busy, unless someone waits for it", async () => {
  const dir = mkdtempSync(join(tmpdir(), "loopstream-spare-time-"));
  const backbone = await createEmbeddedBackbone({ dir });
  const serdes = new Serdes(backbone.registry);
  const publisher = await Publisher.open(backbone, serdes, 1);
  let handled = 0;
  const slow = defineOperator({
    ...{ name: "slow", in: { asked }, out: {}, state: {}, globals: {} },
    handlers: {
      asked(records) {
        // A turn of half a second: it rests for 49 seconds behind it.
        for (const until = performance.now() + 500; performance.now() < until;);
        handled += records.length;
      },
    },
  });
  const other = { isBusy: true };
  const application = new Application({
    ...{ id: "spare", topology: defineTopology({ name: "spare", operators: [slow] }), backbone, serdes },
    ...{ deadLetters, engine: createMemoryEngine(), partitions: 1, delivery: "exactlyOnce" },
    ...{ commitIntervalMs: 0, maxTaskIdleMs: 0, yieldsTo: other },
  });
  await application.start();
  const send = (n: number) => publisher.publish([{ topic: asked, key: "a", value: { n }, time: n }]);
  await send(1);
  await eventually(() => expect(handled).toBe(1));
  await send(2);
  await sleep(300);
  expect(handled).toBe(1);
  await application.idle();
  expect(handled).toBe(2);
  await send(3);
  await sleep(300);
  expect(handled).toBe(2);
  other.isBusy = false;
  await eventually(() => expect(handled).toBe(3));
  await application.close();
  await publisher.close();
  await backbone.close();
  rmSync(dir, { recursive: true });
});
