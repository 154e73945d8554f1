import { randomUUID } from "node:crypto";
import { expect, inject, test } from "vitest";
import { avroStore, createKafkaBackbone, createMemoryEngine, defineTopic } from "../../../streams/index.ts";
import { restoreState } from "../../../streams/runtime/changelog/restore.ts";
import { checkpointChange } from "../../../streams/state/checkpoint.ts";
import type { TaskState } from "../../../streams/state/task-state.ts";

const page = { name: "page", type: "string" };
const storeOf = <V>(fields: readonly object[]) =>
  avroStore(defineTopic<V>({ name: "visits", schema: { type: "record", name: "Visit", fields } }));
const before = storeOf<{ readonly page: string }>([page]);
const after = storeOf<{ readonly page: string; readonly seconds: number }>([
  page,
  { name: "seconds", type: "int", default: 7 },
]);

test("state is restored from a changelog on Kafka on which a release with another schema went on", async () => {
  const backbone = await createKafkaBackbone({ brokers: inject("brokers") });
  try {
    const topic = `former-changelog-${randomUUID()}`;
    await backbone.ensureTopics([{ name: topic, partitions: 1, cleanup: "compact" }]);
    const producer = await backbone.producer({});
    const restored = (): Promise<TaskState> =>
      restoreState(backbone, createMemoryEngine(), "visits-0", { topic, partition: 0 }, () => undefined);
    const commit = async (state: TaskState): Promise<void> => {
      state.accept();
      const checkpoint = { positions: {}, streamTime: 0, changelogOffset: 0 };
      const changes = [...state.freeze(), checkpointChange(checkpoint)];
      await producer.send(
        changes.map(([key, value]) => ({ topic, partition: 0, timestamp: 0, key: Buffer.from(key), value })),
      );
      await state.close();
    };
    const first = await restored();
    first.store("visits.open", before).put("a", { page: "one" });
    await commit(first);
    const second = await restored();
    second.store("visits.open", after).put("b", { page: "two", seconds: 3 });
    await commit(second);
    const third = await restored();
    const store = third.store("visits.open", after);
    expect([store.get("a"), store.get("b")]).toEqual([
      { page: "one", seconds: 7 },
      { page: "two", seconds: 3 },
    ]);
    await third.close();
    const back = await restored();
    expect(back.store("visits.open", before).get("b")).toEqual({ page: "two" });
    await back.close();
  } finally {
    await backbone.close();
  }
});
