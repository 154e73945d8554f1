import { expect, test, vi } from "vitest";
import type { Backbone } from "../../../streams/backbone/backbone.ts";
import { joinGroup, newTopic, outgoing, text, type Event, type Member } from "./backbone-harness.ts";
import { eventually } from "../../eventually.ts";

let ids = 0;
const newGroup = (): string => `g-${process.pid}-${Date.now().toString(36)}-${++ids}`;
const patience = { timeout: 30_000, interval: 10 };
const partitionsOf = (topic: string, count: number): string[] =>
  Array.from({ length: count }, (_, partition) => `${topic}/${partition}`);

export function groupConformance(backbone: () => Backbone): void {
  const send = async (topic: string, partitions: number, values: readonly string[]): Promise<void> => {
    const producer = await backbone().producer();
    await producer.send(
      values.flatMap((value) => range(partitions).map((partition) => outgoing(topic, value, { partition }))),
    );
    await producer.close();
  };
  const valuesOf = (member: Member, name: string): (string | null)[] =>
    (member.records.get(name) ?? []).map((record) => text(record.value));

  test("one member has everything, from the start of the log", async () => {
    const topic = await newTopic(backbone(), { partitions: 3 });
    await send(topic, 3, ["a", "b"]);
    const member = await joinGroup(backbone(), { groupId: newGroup(), copartitioned: [[topic]] });
    await eventually(() => {
      for (const name of partitionsOf(topic, 3)) expect(valuesOf(member, name)).toEqual(["a", "b"]);
    }, patience);
    expect(member.owned()).toEqual(partitionsOf(topic, 3));
    await member.close();
  });

  test("a poll that waits is ended by a wake, where the backbone has one", async () => {
    const topic = await newTopic(backbone(), { partitions: 2 });
    const assigned = vi.fn(() => Promise.resolve([]));
    const listener = { assigned, revoked: () => Promise.resolve() };
    const group = await backbone().group({ groupId: newGroup(), copartitioned: [[topic]], listener });
    while (assigned.mock.calls.length === 0) await group.poll(50);
    if (group.wake !== undefined) {
      const polled = group.poll(600_000);
      group.wake();
      expect(await polled).toEqual([]);
      await send(topic, 1, ["a"]);
      await eventually(async () => expect(await group.poll(50)).toMatchObject([{ partition: 0 }]), patience);
    }
    await group.close();
  });

  test("committed offsets are where the next member starts", async () => {
    const topic = await newTopic(backbone(), { partitions: 2 });
    const groupId = newGroup();
    await send(topic, 2, ["a", "b", "c"]);
    const first = await joinGroup(backbone(), { groupId, copartitioned: [[topic]] });
    await eventually(() => expect(valuesOf(first, `${topic}/1`).length).toBe(3), patience);
    await first.group.commit([{ topic, partition: 1, offset: 2 }]);
    expect(await backbone().committed(groupId, [topic])).toEqual([{ topic, partition: 1, offset: 2 }]);
    await first.close();
    const second = await joinGroup(backbone(), { groupId, copartitioned: [[topic]] });
    await eventually(() => {
      expect(valuesOf(second, `${topic}/0`)).toEqual(["a", "b", "c"]);
      expect(valuesOf(second, `${topic}/1`)).toEqual(["c"]);
    }, patience);
    await second.close();
  });

  test("a group without members remembers what is committed for it, and a member starts there", async () => {
    const topic = await newTopic(backbone(), { partitions: 2 });
    const groupId = newGroup();
    await send(topic, 2, ["a", "b"]);
    expect(await backbone().committed(groupId, [topic])).toEqual([]);
    await backbone().commit(groupId, [{ topic, partition: 1, offset: 2 }]);
    await backbone().commit(groupId, [{ topic, partition: 1, offset: 1 }]);
    expect(await backbone().committed(groupId, [topic])).toEqual([{ topic, partition: 1, offset: 1 }]);
    const member = await joinGroup(backbone(), { groupId, copartitioned: [[topic]] });
    await eventually(() => {
      expect(valuesOf(member, `${topic}/0`)).toEqual(["a", "b"]);
      expect(valuesOf(member, `${topic}/1`)).toEqual(["b"]);
    }, patience);
    await member.close();
  });

  test("positions that assigned resolves to win over committed ones", async () => {
    const topic = await newTopic(backbone(), { partitions: 2 });
    const groupId = newGroup();
    await send(topic, 2, ["a", "b", "c"]);
    const first = await joinGroup(backbone(), { groupId, copartitioned: [[topic]] });
    await eventually(() => expect(first.owned().length).toBe(2), patience);
    await first.group.commit(range(2).map((partition) => ({ topic, partition, offset: 3 })));
    await first.close();
    const starts = [{ topic, partition: 0, offset: 1 }];
    const second = await joinGroup(backbone(), { groupId, copartitioned: [[topic]], starts });
    await eventually(() => expect(valuesOf(second, `${topic}/0`)).toEqual(["b", "c"]), patience);
    expect(valuesOf(second, `${topic}/1`)).toEqual([]);
    await second.close();
  });

  test("members share the tasks evenly, and the topics of a set stay together", async () => {
    const [left, right] = [
      await newTopic(backbone(), { partitions: 4 }),
      await newTopic(backbone(), { partitions: 4 }),
    ];
    const options = { groupId: newGroup(), copartitioned: [[left, right]] };
    const members = [await joinGroup(backbone(), options), await joinGroup(backbone(), options)];
    await eventually(() => expect(members.map((member) => member.owned().length)).toEqual([4, 4]), patience);
    for (const member of members) {
      const partitions = member.owned().map((name) => name.split("/")[1]);
      expect(partitions.slice(0, 2)).toEqual(partitions.slice(2));
    }
    expect(members.flatMap((member) => member.owned()).sort()).toEqual(
      [...partitionsOf(left, 4), ...partitionsOf(right, 4)].sort(),
    );
    await send(left, 4, ["x"]);
    await send(right, 4, ["y"]);
    await eventually(() => {
      for (const member of members) {
        const got = member.owned().map((name) => valuesOf(member, name));
        expect(got).toEqual(member.owned().map((name) => [name.startsWith(left) ? "x" : "y"]));
      }
    }, patience);
    await Promise.all(members.map((member) => member.close()));
  });

  test("a partition is given back by one member before the other has it", async () => {
    const topic = await newTopic(backbone(), { partitions: 4 });
    const events: Event[] = [];
    const options = { groupId: newGroup(), copartitioned: [[topic]], events };
    const first = await joinGroup(backbone(), { ...options, name: "first" });
    await eventually(() => expect(first.owned().length).toBe(4), patience);
    const second = await joinGroup(backbone(), { ...options, name: "second" });
    await eventually(() => expect([first.owned().length, second.owned().length]).toEqual([2, 2]), patience);
    for (const name of second.owned()) {
      const at = (member: string, kind: Event["kind"]): number =>
        events.findLastIndex(
          (event) => event.member === member && event.kind === kind && event.partitions.includes(name),
        );
      expect(at("first", "revoked")).toBeGreaterThanOrEqual(0);
      expect(at("first", "revoked")).toBeLessThan(at("second", "assigned"));
    }
    await Promise.all([first.close(), second.close()]);
  });

  test("the next owner waits until revoked has resolved, and reads on where that committed", async () => {
    const topic = await newTopic(backbone(), { partitions: 2 });
    const groupId = newGroup();
    await send(topic, 2, ["a", "b", "c"]);
    const first: Member = await joinGroup(backbone(), {
      groupId,
      copartitioned: [[topic]],
      onRevoked: async () => {
        await first.group.commit(range(2).map((partition) => ({ topic, partition, offset: 2 })));
      },
    });
    await eventually(() => expect(first.owned().length).toBe(2), patience);
    const second = await joinGroup(backbone(), { groupId, copartitioned: [[topic]] });
    await eventually(() => expect(second.owned().length).toBe(1), patience);
    await eventually(() => expect(valuesOf(second, second.owned()[0]!)).toEqual(["c"]), patience);
    await Promise.all([first.close(), second.close()]);
  });

  test("a member that leaves hands its tasks to the others", async () => {
    const topic = await newTopic(backbone(), { partitions: 4 });
    const options = { groupId: newGroup(), copartitioned: [[topic]] };
    const [stays, leaves] = [await joinGroup(backbone(), options), await joinGroup(backbone(), options)];
    await eventually(() => expect([stays.owned().length, leaves.owned().length]).toEqual([2, 2]), patience);
    await leaves.close();
    await eventually(() => expect(stays.owned()).toEqual(partitionsOf(topic, 4)), patience);
    await send(topic, 4, ["x"]);
    await eventually(() => {
      for (const name of partitionsOf(topic, 4)) expect(valuesOf(stays, name)).toEqual(["x"]);
    }, patience);
    await stays.close();
  });

  test("a commit of a partition that has moved on is FENCED, of one that has not is stored", async () => {
    const topic = await newTopic(backbone(), { partitions: 2 });
    const groupId = newGroup();
    const options = { groupId, copartitioned: [[topic]] };
    const first = await joinGroup(backbone(), options);
    await eventually(() => expect(first.owned().length).toBe(2), patience);
    const second = await joinGroup(backbone(), options);
    await eventually(() => expect([first.owned().length, second.owned().length]).toEqual([1, 1]), patience);
    const [kept, moved] = [first, second].map((member) => Number(member.owned()[0]!.split("/")[1])) as [number, number];
    await expect(first.group.commit([{ topic, partition: moved, offset: 1 }])).rejects.toMatchObject({
      code: "FENCED",
      flags: { fence: true },
    });
    await first.group.commit([{ topic, partition: kept, offset: 1 }]);
    expect(await backbone().committed(groupId, [topic])).toEqual([{ topic, partition: kept, offset: 1 }]);
    await Promise.all([first.close(), second.close()]);
  });

  test("nothing is lost or handled twice by members that commit as partitions move", async () => {
    const topic = await newTopic(backbone(), { partitions: 6 });
    const groupId = newGroup();
    const join = async (): Promise<Member> => {
      const member: Member = await joinGroup(backbone(), {
        groupId,
        copartitioned: [[topic]],
        onRevoked: () => commitAll(member, topic),
      });
      return member;
    };
    const first = await join();
    await send(topic, 6, range(50).map(String));
    const second = await join();
    await send(
      topic,
      6,
      range(50).map((i) => String(50 + i)),
    );
    await eventually(() => expect([first.owned().length, second.owned().length]).toEqual([3, 3]), patience);
    await second.stop();
    await commitAll(second, topic);
    await second.close();
    await send(
      topic,
      6,
      range(50).map((i) => String(100 + i)),
    );
    await eventually(() => {
      for (const name of partitionsOf(topic, 6)) {
        const values = [...valuesOf(first, name), ...valuesOf(second, name)].map(Number).sort((a, b) => a - b);
        expect(values).toEqual(range(150));
      }
    }, patience);
    await first.close();
  });

  test("a member that has nothing polls in peace", async () => {
    const topic = await newTopic(backbone());
    const options = { groupId: newGroup(), copartitioned: [[topic]] };
    const members = [await joinGroup(backbone(), options), await joinGroup(backbone(), options)];
    await eventually(() => expect(members.flatMap((member) => member.owned())).toEqual([`${topic}/0`]), patience);
    await send(topic, 1, ["x"]);
    await eventually(
      () => expect(members.flatMap((member) => valuesOf(member, `${topic}/0`))).toEqual(["x"]),
      patience,
    );
    await Promise.all(members.map((member) => member.close()));
  });

  test("a group of a topic that is not there is an UNKNOWN_TOPIC", async () => {
    const join = async (): Promise<Member> =>
      joinGroup(backbone(), { groupId: newGroup(), copartitioned: [["nowhere"]] });
    await expect(join()).rejects.toMatchObject({ code: "UNKNOWN_TOPIC" });
  });
}

/** Commits behind everything the member has read of the partitions it has. */
async function commitAll(member: Member, topic: string): Promise<void> {
  const positions = member.owned().flatMap((name) => {
    const last = member.records.get(name)?.at(-1);
    return last === undefined ? [] : [{ topic, partition: Number(name.split("/")[1]), offset: last.offset + 1 }];
  });
  await member.group.commit(positions);
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
