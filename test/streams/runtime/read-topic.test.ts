import { expect, test } from "vitest";
import { type Backbone, type Reader, readRaw } from "../../../streams/index.ts";
import { MemoryBackbone } from "../../loop/memory-backbone.ts";

/** Records that retention takes away after their ends were asked for: a reader goes on behind them, and gives nothing. */
class TrimmedBackbone extends MemoryBackbone {
  trimmed = false;

  override async offsets(topics: readonly string[]) {
    const found = await super.offsets(topics);
    return this.trimmed ? found.map((at) => (at.partition === 0 ? { ...at, start: at.end } : at)) : found;
  }

  override async reader(positions: Parameters<Backbone["reader"]>[0]): Promise<Reader> {
    this.trimmed = true;
    const reader = await super.reader(positions);
    return {
      ...reader,
      poll: async () => {
        // As a real reader does, so that who waits in vain can be told to stop.
        await new Promise((resolve) => setImmediate(resolve));
        return (await reader.poll(0)).filter(({ partition }) => partition !== 0);
      },
    };
  }
}

test("a reader of a topic does not wait for records that are taken away while it reads; it gives those that are there", async () => {
  const backbone = new TrimmedBackbone();
  await backbone.ensureTopics([{ name: "events", partitions: 2 }]);
  const record = { topic: "events", timestamp: 0, key: null, value: Buffer.from("x") };
  backbone.append([0, 0, 1, 1].map((partition) => ({ ...record, partition })));
  const read: string[] = [];
  for await (const records of readRaw(backbone, "events")) {
    for (const { partition, offset } of records) read.push(`${partition}@${offset}`);
  }
  expect(read).toEqual(["1@0", "1@1"]);
}, 5_000);
