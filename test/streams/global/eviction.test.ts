import { expect, test } from "vitest";
import { GlobalFeed } from "../../../streams/global/global-feed.ts";
import type { GlobalFold } from "../../../streams/global-source.ts";
import { streamsLimits } from "../../../streams/limits.ts";
import { createMemoryRegistry } from "../../../streams/registry/memory-registry.ts";
import { Serdes } from "../../../streams/serde/serdes.ts";
import { createMemoryEngine } from "../../../streams/state/memory-engine.ts";
import { MemoryLog } from "../../../streams/test-driver/memory-log.ts";
import { defineTopic } from "../../../streams/topic.ts";

const NOW = Date.UTC(2026, 5, 1);
const DAY = 24 * 3_600_000;
const scans = defineTopic<{ n: number }>({
  name: "scans",
  schema: { type: "record", name: "Scan", fields: [{ name: "n", type: "int" }] },
});
/** Keeps the time of each key's last scan. */
const last: GlobalFold<{ n: number }> = {
  kind: "fold",
  name: "last",
  topic: scans,
  tables: [],
  fold: ({ key, time }, bytes) => bytes.put(key, Buffer.from(String(time))),
  evict: (before, bytes) => {
    for (const key of bytes.keys()) if (Number(Buffer.from(bytes.get(key)!).toString()) < before) bytes.delete(key);
  },
};

test("live tasks let nothing be forgotten while history comes in that no task has been asked about yet", async () => {
  const at = { now: NOW };
  const log = new MemoryLog();
  log.create("scans", 1);
  const serdes = new Serdes(createMemoryRegistry());
  await serdes.open(scans);
  const feed = await GlobalFeed.open({
    backbone: log,
    serdes,
    engine: createMemoryEngine(),
    sources: [last],
    onUndecodable: (_fetch, _index, error) => {
      throw error;
    },
    arrival: () => ({ now: at.now, latest: at.now, at: at.now }),
  });
  await feed.start();
  const view = feed.views()["last"] as { get(key: string): unknown };
  const scan = async (key: string, time: number): Promise<void> => {
    log.append([
      { topic: "scans", partition: 0, timestamp: time, key: Buffer.from(key), value: serdes.encode(scans, { n: 1 }) },
    ]);
    await feed.reached(await log.offsets(["scans"]));
  };
  await scan("live", NOW);
  await scan("import", NOW - 100 * DAY);
  expect(feed.evict(NOW - 1_000)).toBe(false);
  expect(view.get("import")).toBeDefined();
  // The import's own time may go on forgetting.
  expect(feed.evict(NOW - 101 * DAY)).toBe(true);
  expect(view.get("import")).toBeDefined();
  at.now += streamsLimits.historyQuietMs;
  expect(feed.evict(at.now - 2_000_000)).toBe(true);
  expect([view.get("import"), view.get("live")].map((kept) => kept !== undefined)).toEqual([false, true]);
  await feed.close();
});
