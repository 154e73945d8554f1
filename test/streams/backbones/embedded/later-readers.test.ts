import { expect, test } from "vitest";
import { createEmbeddedBackbone, type Reader } from "../../../../streams/index.ts";
import { newDir } from "../local/new-dir.ts";

const topic = "words";

async function take(reader: Reader, count: number): Promise<readonly string[]> {
  const found: string[] = [];
  while (found.length < count) {
    for (const { records } of await reader.poll(1_000)) found.push(...records.map(({ value }) => String(value)));
  }
  return found;
}

test("a reader gets records from before it came and from after, whoever read then", async () => {
  const { path: dir, remove } = await newDir();
  const backbone = await createEmbeddedBackbone({ dir });
  await backbone.ensureTopics([{ name: topic, partitions: 1, cleanup: "delete" }]);
  const producer = await backbone.producer();
  let next = 0;
  const send = (count: number): Promise<void> =>
    producer.send(
      Array.from({ length: count }, () => ({
        ...{ topic, partition: 0, key: null, timestamp: 0 },
        value: Buffer.from(`w${next++}`),
      })),
    );
  const words = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, at) => `w${from + at}`);
  const open = (offset: number): Promise<Reader> => backbone.reader([{ topic, partition: 0, offset }]);
  await send(3);
  const first = await open(1);
  await send(2);
  expect(await take(first, 4)).toEqual(words(1, 5));
  await first.close();
  await send(4);
  const second = await open(0);
  // Begun without a reader, and stored with one.
  const sending = send(2);
  const third = await open(4);
  await sending;
  await send(1);
  expect(await take(second, 12)).toEqual(words(0, 12));
  expect(await take(third, 8)).toEqual(words(4, 12));
  await second.close();
  await third.close();
  await backbone.close();
  await remove();
});
