/**
 * `npm run bench:sync [-- --rounds N --sends N --at-once N]`: the cost of having the embedded log on the disk, mode by
 * mode and in turn: one record at a time, each waiting for the one before, and many in flight at once.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  createEmbeddedBackbone,
  syncModes,
  type Backbone,
  type OutgoingRecord,
  type SyncMode,
} from "../streams/index.ts";
import { interleaved, markdown, median, quantile, spread } from "./rounds.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    sends: { type: "string", default: "2000" },
    "at-once": { type: "string", default: "64" },
    /** The folder of the log: its disk counts. */
    dir: { type: "string", default: tmpdir() },
  },
});
const [rounds, sends, atOnce] = [Number(values.rounds), Number(values.sends), Number(values["at-once"])];

const TOPIC = "a";
const VALUE_BYTES = 200;

interface Place {
  readonly backbone: Backbone;
  readonly dir: string;
}

async function openPlace(sync: SyncMode): Promise<Place> {
  const dir = mkdtempSync(join(values.dir, `loopstream-sync-${sync}-`));
  const backbone = await createEmbeddedBackbone({ dir, sync });
  await backbone.ensureTopics([{ name: TOPIC, partitions: 1, cleanup: "delete" }]);
  return { backbone, dir };
}

function record(): OutgoingRecord {
  return {
    topic: TOPIC,
    partition: 0,
    timestamp: Date.now(),
    key: Buffer.from("key"),
    value: Buffer.alloc(VALUE_BYTES, 7),
  };
}

/** Sends all, so many under way at any time. `took` is told how long each was under way, ms. */
async function sendAll(backbone: Backbone, count: number, underWay: number, took: (ms: number) => void): Promise<void> {
  const producer = await backbone.producer();
  let left = count;
  const lane = async (): Promise<void> => {
    while (left-- > 0) {
      const started = performance.now();
      await producer.send([record()]);
      took(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: underWay }, lane));
}

const order: readonly SyncMode[] = ["none", ...syncModes.filter((mode) => mode !== "none")];
const places = new Map<SyncMode, Place>();
for (const mode of order) places.set(mode, await openPlace(mode));
try {
  const rows: string[][] = [];
  for (const [what, count, underWay] of [
    ["one at a time", Math.round(sends / 4), 1],
    [`${atOnce} under way`, sends * 8, atOnce],
  ] as const) {
    const waits = new Map<string, number[]>(order.map((mode) => [mode, []]));
    const timings = await interleaved(
      order.map((mode) => ({
        name: mode,
        run: () => sendAll(places.get(mode)!.backbone, count, underWay, (ms) => waits.get(mode)!.push(ms)),
      })),
      rounds,
    );
    for (const { name, ms, ratios } of timings) {
      const perSecond = Math.round((count / median(ms)) * 1_000).toLocaleString("en");
      rows.push([what, name, perSecond, quantile(waits.get(name)!, 0.99).toFixed(2), spread(ratios)]);
    }
  }
  console.log(
    markdown(
      ["sends of one record", "sync", "a second, median", "p99, ms", "time over none: median (middle half)"],
      rows,
    ),
  );
} finally {
  for (const { backbone, dir } of places.values()) {
    await backbone.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
