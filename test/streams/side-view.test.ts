import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createEmbeddedBackbone, sideView, type Backbone, type EmbeddedBackbone } from "../../streams/index.ts";
import { outgoing, readAll, text } from "./backbones/backbone-harness.ts";

const dir = mkdtempSync(join(tmpdir(), "loopstream-side-"));
let live: EmbeddedBackbone;
let side: Backbone;
beforeEach(async () => {
  live = await createEmbeddedBackbone({ dir });
  const spec = { partitions: 1, cleanup: "delete" } as const;
  await live.ensureTopics([
    { name: "requests", ...spec },
    { name: "decisions", ...spec },
    { name: "rows", ...spec },
  ]);
  side = sideView(live, {
    prefix: "side-",
    read: { requests: "requests", "live-decisions": "decisions" },
    write: { "my-rows": "rows" },
  });
  await side.ensureTopics([{ name: "decisions", ...spec }]);
});
afterEach(async () => {
  await live.close();
  rmSync(dir, { recursive: true, force: true });
});

const valuesOf = async (backbone: Backbone, topic: string): Promise<(string | null)[]> =>
  (await readAll(backbone, topic)).get(`${topic}/0`)!.map(({ value }) => text(value));

test("what is there is read in place, also under another name; what is written goes beside it", async () => {
  await (await live.producer()).send([outgoing("requests", "asked"), outgoing("decisions", "live")]);
  await (await side.producer()).send([outgoing("decisions", "again"), outgoing("my-rows", "row")]);
  expect(await valuesOf(side, "requests")).toEqual(["asked"]);
  expect(await valuesOf(side, "live-decisions")).toEqual(["live"]);
  expect(await valuesOf(side, "decisions")).toEqual(["again"]);
  expect(await valuesOf(live, "decisions")).toEqual(["live"]);
  expect(await valuesOf(live, "side-decisions")).toEqual(["again"]);
  expect(await valuesOf(live, "rows")).toEqual(["row"]);
  expect(await side.topics()).toEqual(["decisions", "live-decisions", "my-rows", "requests"]);
});

test("a topic that is only read is never written nor made", async () => {
  const refused = { code: "READ_ONLY", message: expect.stringContaining("decisions is read here") };
  const producer = await side.producer({ transactionalId: "t" });
  await expect(producer.send([outgoing("live-decisions", "x")])).rejects.toMatchObject(refused);
  const transaction = await producer.begin();
  await expect(transaction.send([outgoing("live-decisions", "x")])).rejects.toMatchObject(refused);
  await transaction.abort();
  expect(await valuesOf(live, "decisions")).toEqual([]);
  const nowhere = sideView(live, { prefix: "side-", read: { events: "events" } });
  await expect(nowhere.ensureTopics([{ name: "events", partitions: 1, cleanup: "delete" }])).rejects.toMatchObject({
    code: "READ_ONLY",
    message: expect.stringContaining("events"),
  });
  expect(await live.partitions("events")).toBeUndefined();
});

test("positions of its groups are its own", async () => {
  await side.commit("g", [{ topic: "requests", partition: 0, offset: 7 }]);
  expect(await side.committed("g", ["requests"])).toEqual([{ topic: "requests", partition: 0, offset: 7 }]);
  expect(await live.committed("g", ["requests"])).toEqual([]);
  expect(await live.committed("side-g", ["requests"])).toEqual([{ topic: "requests", partition: 0, offset: 7 }]);
});
