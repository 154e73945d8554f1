import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { publishBlueprint } from "../../loop/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import { decisionRequests, observations } from "../../schemas/index.ts";
import {
  createEmbeddedBackbone,
  partitionOf,
  type AnyTopic,
  type EmbeddedBackbone,
  type OutgoingRecord,
} from "../../streams/index.ts";
import { random } from "../blueprints/random.ts";
import { openLive } from "./live-loop.ts";
import { misplacedRecordsSuite, PARTITIONS, SHOP } from "./misplaced-records.ts";

let dir: string;
let backbone: EmbeddedBackbone | undefined;
afterEach(async () => {
  await backbone?.close();
  if (backbone !== undefined) await rm(dir, { recursive: true });
  backbone = undefined;
});

misplacedRecordsSuite(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-misplaced-"));
  backbone = await createEmbeddedBackbone({ dir });
  return { backbone, registry: backbone.registry, prefix: "", dir };
}, [
  { delivery: "exactlyOnce", decisions: 60, kills: [] },
  { delivery: "exactlyOnce", decisions: 120, kills: [1, 2, 3, 4, 5] },
  { delivery: "atLeastOnce", decisions: 120, kills: [1, 2, 3, 4, 5] },
]);

const MINUTE = 60_000;
const SLOW = SHOP.replace("default: 0", "default: none");
const slow = compileBlueprint(SLOW);

/** Rows of a history of six hours that is written at once, by a producer that has its own way with partitions. */
async function rowsOf(partition: (id: string, at: number) => number): Promise<readonly string[]> {
  const live = await openLive(undefined, PARTITIONS);
  try {
    await publishBlueprint(live.loop, SLOW, 0);
    const { serdes } = live.loop;
    const now = Math.floor(Date.now() / MINUTE - 600) * MINUTE;
    const sent: OutgoingRecord[] = [];
    const send = (topic: AnyTopic, id: string, value: object, timestamp: number): void => {
      const at = partition(id, sent.length);
      sent.push({ topic: topic.name, partition: at, timestamp, key: null, value: serdes.encode(topic, value) });
    };
    for (let i = 0; i < 360; i++) {
      const decisionId = `d${i}`;
      const asked = { decisionId, useCase: "shop", unit: "u", context: { price: i }, deferred: false };
      send(decisionRequests, decisionId, asked, now + i * MINUTE);
      const seen = (at: number) => {
        if (at < 0) return;
        const values = { kind: "purchase", amount: 1 };
        const value = { decisionId: `d${at}`, useCase: "shop", observationId: `o${i}`, values };
        send(observations, `d${at}`, value, now + i * MINUTE);
      };
      // One within the wait, one that corrects the row, one that comes too late.
      for (const before of [30, 90, 150]) seen(i - before);
    }
    const producer = await live.backbone.producer();
    await producer.send(sent);
    await producer.close();
    await live.loop.application.idle();
    await live.tick();
    const rows = await live.all(rowsTopic(slow));
    expect(new Set((await live.letters()).map(({ code }) => code))).toEqual(new Set(["TOO_LATE"]));
    return rows.map(({ value }) => JSON.stringify(value)).sort();
  } finally {
    await live.close();
  }
}

test("rows and corrections of a history that is written at once are those of a producer that partitions as the loop does", async () => {
  const expected = await rowsOf((id) => partitionOf(Buffer.from(id), PARTITIONS));
  expect(expected.length).toBeGreaterThan(500);
  for (const seed of [1, 2, 3]) {
    const next = random(seed);
    expect(await rowsOf(() => Math.floor(next() * PARTITIONS))).toEqual(expected);
  }
});
