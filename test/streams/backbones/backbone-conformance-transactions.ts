import { expect, test } from "vitest";
import { MAX_RECORD_BYTES, type Backbone } from "../../../streams/backbone/backbone.ts";
import { newTopic, outgoing, readAll, text, valuesOf } from "./backbone-harness.ts";
import { eventually } from "../../eventually.ts";

let ids = 0;
const newId = (what: string): string => `${what}-${process.pid}-${Date.now().toString(36)}-${++ids}`;

export function transactionConformance(backbone: () => Backbone): void {
  test("what a transaction commits is seen whole, over topics and partitions, with its offsets", async () => {
    const [input, output] = [await newTopic(backbone()), await newTopic(backbone(), { partitions: 2 })];
    const groupId = newId("group");
    const producer = await backbone().producer({ transactionalId: newId("tx") });
    const transaction = await producer.begin();
    await transaction.send([outgoing(output, "a"), outgoing(output, "b", { partition: 1 })]);
    await transaction.send([outgoing(output, "c")]);
    await transaction.sendOffsets(groupId, [{ topic: input, partition: 0, offset: 7 }]);
    expect(await backbone().committed(groupId, [input])).toEqual([]);
    await transaction.commit();
    await eventually(async () =>
      expect(await backbone().committed(groupId, [input])).toEqual([{ topic: input, partition: 0, offset: 7 }]),
    );
    await eventually(async () => {
      const records = await readAll(backbone(), output);
      const values = [...records.values()].map((list) => list.map((record) => text(record.value)));
      expect(values).toEqual([["a", "c"], ["b"]]);
    });
    await producer.close();
  });

  test("an open transaction is not seen, nor counted in the end", async () => {
    const topic = await newTopic(backbone());
    const producer = await backbone().producer({ transactionalId: newId("tx") });
    const reader = await backbone().reader([{ topic, partition: 0, offset: 0 }]);
    const transaction = await producer.begin();
    await transaction.send([outgoing(topic, "hidden")]);
    expect(await reader.poll(200)).toEqual([]);
    expect(await backbone().offsets([topic])).toEqual([{ topic, partition: 0, start: 0, end: 0 }]);
    const polled = reader.poll(20_000);
    await transaction.commit();
    expect((await polled).flatMap((fetch) => fetch.records.map((record) => text(record.value)))).toEqual(["hidden"]);
    await reader.close();
    await producer.close();
  });

  test("an aborted transaction is never seen, nor its offsets; what comes after it is", async () => {
    const topic = await newTopic(backbone());
    const groupId = newId("group");
    const producer = await backbone().producer({ transactionalId: newId("tx") });
    const aborted = await producer.begin();
    await aborted.send(Array.from({ length: 100 }, (_, i) => outgoing(topic, `gone ${i}`)));
    await aborted.sendOffsets(groupId, [{ topic, partition: 0, offset: 3 }]);
    await aborted.abort();
    const committed = await producer.begin();
    await committed.send([outgoing(topic, "kept")]);
    await committed.commit();
    await eventually(async () => expect(await valuesOf(backbone(), topic)).toEqual(["kept"]));
    expect(await backbone().committed(groupId, [topic])).toEqual([]);
    await producer.close();
  });

  test("the end is one past the last record that can be read, whatever follows it in the log", async () => {
    const topic = await newTopic(backbone());
    const producer = await backbone().producer({ transactionalId: newId("tx") });
    const committed = await producer.begin();
    await committed.send([outgoing(topic, "0"), outgoing(topic, "1")]);
    await committed.commit();
    for (let i = 0; i < 5; i++) {
      const aborted = await producer.begin();
      await aborted.send(Array.from({ length: 20 }, () => outgoing(topic, "gone")));
      await aborted.abort();
    }
    await eventually(async () => expect((await backbone().offsets([topic]))[0]!.end).toBe(2));
    const [records] = (await readAll(backbone(), topic)).values();
    expect(records!.map((record) => record.offset)).toEqual([0, 1]);
    await producer.close();
  });

  test("sends that were not waited for belong to the transaction that is committed", async () => {
    const topic = await newTopic(backbone());
    const producer = await backbone().producer({ transactionalId: newId("tx") });
    const transaction = await producer.begin();
    const sends = Array.from({ length: 50 }, (_, i) => transaction.send([outgoing(topic, String(i))]));
    await transaction.commit();
    await Promise.all(sends);
    await eventually(async () => expect((await valuesOf(backbone(), topic)).length).toBe(50));
    expect(await valuesOf(backbone(), topic)).toEqual(Array.from({ length: 50 }, (_, i) => String(i)));
    await producer.close();
  });

  test("fifty transactions one after the other are stored in order, each once", async () => {
    const topic = await newTopic(backbone());
    const producer = await backbone().producer({ transactionalId: newId("tx") });
    for (let i = 0; i < 50; i++) {
      const transaction = await producer.begin();
      await transaction.send([outgoing(topic, `${i}a`), outgoing(topic, `${i}b`)]);
      await transaction.commit();
    }
    const expected = Array.from({ length: 50 }, (_, i) => [`${i}a`, `${i}b`]).flat();
    await eventually(async () => expect(await valuesOf(backbone(), topic)).toEqual(expected));
    await producer.close();
  });

  test("an empty transaction may be committed or aborted", async () => {
    const producer = await backbone().producer({ transactionalId: newId("tx") });
    await (await producer.begin()).commit();
    await (await producer.begin()).abort();
    await producer.close();
  });

  test("a second transaction at a time is a TRANSACTION_OPEN, until the first one ends", async () => {
    const producer = await backbone().producer({ transactionalId: newId("tx") });
    const first = await producer.begin();
    await expect(producer.begin()).rejects.toMatchObject({ code: "TRANSACTION_OPEN" });
    await first.abort();
    await (await producer.begin()).commit();
    await producer.close();
  });

  test("a record that is too large is refused, and the transaction goes on without it", async () => {
    const topic = await newTopic(backbone());
    const producer = await backbone().producer({ transactionalId: newId("tx") });
    const transaction = await producer.begin();
    await transaction.send([outgoing(topic, "small")]);
    const large = outgoing(topic, "", { value: new Uint8Array(MAX_RECORD_BYTES + 1) });
    await expect(transaction.send([outgoing(topic, "beside"), large])).rejects.toMatchObject({
      code: "RECORD_TOO_LARGE",
    });
    await transaction.commit();
    await eventually(async () => expect(await valuesOf(backbone(), topic)).toEqual(["small"]));
    await producer.close();
  });

  test("a producer that takes an id over sees what was committed under it, and nothing more comes under it then", async () => {
    const topic = await newTopic(backbone());
    const transactionalId = newId("tx");
    for (let turn = 0; turn < 20; turn++) {
      const before = await backbone().producer({ transactionalId });
      const transaction = await before.begin();
      await transaction.send([outgoing(topic, String(turn))]);
      const committing = transaction.commit().then(
        () => true,
        () => false,
      );
      const after = await backbone().producer({ transactionalId });
      const seen = await valuesOf(backbone(), topic);
      const committed = await committing;
      expect(seen.includes(String(turn)), `turn ${turn}`).toBe(committed);
      expect(await valuesOf(backbone(), topic)).toEqual(seen);
      await before.close();
      await after.close();
    }
  });

  test("a second producer with the id fences the first one, whose open transaction is never seen", async () => {
    const topic = await newTopic(backbone());
    const groupId = newId("group");
    const transactionalId = newId("tx");
    const zombie = await backbone().producer({ transactionalId });
    const open = await zombie.begin();
    await open.send([outgoing(topic, "zombie")]);
    const owner = await backbone().producer({ transactionalId });
    const offsets = open.sendOffsets(groupId, [{ topic, partition: 0, offset: 1 }]);
    await expect(offsets).rejects.toMatchObject({ code: "FENCED", flags: { fence: true } });
    await expect(open.commit()).rejects.toMatchObject({ code: "FENCED" });
    const transaction = await owner.begin();
    await transaction.send([outgoing(topic, "owner")]);
    await transaction.commit();
    await eventually(async () => expect(await valuesOf(backbone(), topic)).toEqual(["owner"]));
    expect(await backbone().committed(groupId, [topic])).toEqual([]);
    await zombie.close();
    await owner.close();
  });

  test("a fenced producer can not come back", async () => {
    const topic = await newTopic(backbone());
    const transactionalId = newId("tx");
    const zombie = await backbone().producer({ transactionalId });
    const owner = await backbone().producer({ transactionalId });
    const attempt = async (): Promise<void> => {
      const transaction = await zombie.begin();
      await transaction.send([outgoing(topic, "zombie")]);
      await transaction.commit();
    };
    await expect(attempt()).rejects.toMatchObject({ code: "FENCED" });
    await expect(attempt()).rejects.toMatchObject({ code: expect.stringMatching(/FENCED|TRANSACTION_OPEN/) });
    const transaction = await owner.begin();
    await transaction.send([outgoing(topic, "owner")]);
    await transaction.commit();
    await eventually(async () => expect(await valuesOf(backbone(), topic)).toEqual(["owner"]));
    await zombie.close();
    await owner.close();
  });
}
