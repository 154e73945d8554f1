import { join } from "node:path";
import { createEmbeddedBackbone } from "../../streams/index.ts";
import type { Measured } from "./measured.ts";

const ITEMS = 4_000;
const CALL = 500;
/**
 * So many more are behind the records that are read, so that these come from the disk and not from the newest ones in
 * memory.
 */
const BEHIND = 6_000;

/** The log in this process: records of 200 bytes. */
export async function embeddedLog(dir: string): Promise<Measured> {
  const backbone = await createEmbeddedBackbone({ dir: join(dir, "log") });
  const topic = (name: string) => backbone.ensureTopics([{ name, partitions: 1, cleanup: "delete" }]).then(() => name);
  const [appended, full] = [await topic("appended"), await topic("full")];
  const producer = await backbone.producer();
  const call = (name: string) =>
    Array.from({ length: CALL }, (_, at) => ({
      topic: name,
      partition: 0,
      timestamp: at,
      key: Buffer.from(`unit-${at}`),
      value: Buffer.alloc(200, at),
    }));
  for (let sent = 0; sent < ITEMS + BEHIND; sent += CALL) await producer.send(call(full));
  const records = call(appended);
  return {
    variants: [
      {
        name: "embedded log: append",
        items: ITEMS,
        async run() {
          for (let sent = 0; sent < ITEMS; sent += CALL) await producer.send(records);
        },
      },
      {
        name: "embedded log: read",
        items: ITEMS,
        async run() {
          const reader = await backbone.reader([{ topic: full, partition: 0, offset: 0 }]);
          for (let seen = 0; seen < ITEMS;) for (const fetch of await reader.poll(1_000)) seen += fetch.records.length;
          await reader.close();
        },
      },
    ],
    async close() {
      await producer.close();
      await backbone.close();
    },
  };
}
