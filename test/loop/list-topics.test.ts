import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listTopics, publishBlueprint } from "../../loop/index.ts";
import { SHOP, shopFiles, shopLines } from "./history/shop.ts";
import { embeddedLoop, importInto } from "./history/shop-log.ts";

let dir: string;
let open: Awaited<ReturnType<typeof embeddedLoop>>;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-topics-"));
  open = await embeddedLoop(join(dir, "log"));
});
afterEach(async () => {
  await open.close();
  await rm(dir, { recursive: true });
});

test("every topic is listed with its partitions, its records, and the retention that it has and is asked to have", async () => {
  const { loop } = open;
  await importInto(loop, shopFiles(dir, "shop", shopLines(10)));
  await publishBlueprint(loop, `${SHOP}retention: { decisions: 30d }\n`);
  const topics = new Map((await listTopics(loop)).map((listed) => [listed.topic, listed]));
  expect([...topics.keys()].sort()).toEqual([...(await loop.backbone.topics())].sort());
  expect(topics.get("decision-requests")).toMatchObject({ partitions: 2, end: 10 });
  const days = 30 * 86_400_000;
  expect(topics.get("decisions")).toMatchObject({ end: 10, retentionMs: days, askedMs: days });
  expect(topics.get("models")).toMatchObject({ end: 0, retentionMs: null, askedMs: null });
});
