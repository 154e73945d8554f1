import { randomUUID } from "node:crypto";
import { expect, inject, test } from "vitest";
import type { Backbone, GroupReader, TopicPartition } from "../../../streams/backbone/backbone.ts";
import { createKafkaBackbone } from "../../../streams/kafka/index.ts";

const PARTITIONS = 12;

/** A member that polls until it is stopped, and what came to it and left it. */
class Watched {
  readonly has = new Set<string>();
  gained = 0;
  lost = 0;
  #group: GroupReader | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  async join(backbone: Backbone, groupId: string, topic: string): Promise<void> {
    const nameOf = (at: TopicPartition): string => `${at.topic}/${at.partition}`;
    this.#group = await backbone.group({
      groupId,
      copartitioned: [[topic]],
      listener: {
        assigned: (partitions) => {
          this.gained += partitions.length;
          for (const at of partitions) this.has.add(nameOf(at));
          return Promise.resolve([]);
        },
        revoked: (partitions) => {
          this.lost += partitions.length;
          for (const at of partitions) this.has.delete(nameOf(at));
          return Promise.resolve();
        },
      },
    });
    this.#running = (async () => {
      while (!this.#stopped) await this.#group!.poll(50);
    })();
  }

  async leave(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    await this.#group?.close();
    this.has.clear();
  }
}

async function until(members: readonly Watched[], sizes: readonly number[]): Promise<void> {
  const sorted = sizes.toSorted((a, b) => a - b).join();
  while (
    members
      .map(({ has }) => has.size)
      .toSorted((a, b) => a - b)
      .join() !== sorted
  ) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("a member that joins a group of three takes only its fair share, and one that leaves gives only its own", async () => {
  const backbone = await createKafkaBackbone({ brokers: inject("brokers").split(",") });
  const topic = `moves-${randomUUID()}`;
  await backbone.ensureTopics([{ name: topic, partitions: PARTITIONS, cleanup: "delete" }]);
  const members: Watched[] = [];
  const add = async (): Promise<Watched> => {
    const member = new Watched();
    await member.join(backbone, topic, topic);
    members.push(member);
    return member;
  };
  try {
    await Promise.all([add(), add(), add()]);
    await until(members, [4, 4, 4]);
    const before = members.map(({ has, gained, lost }) => ({ has: new Set(has), gained, lost }));

    const fourth = await add();
    await until(members, [3, 3, 3, 3]);
    for (const [index, was] of before.entries()) {
      const now = members[index]!;
      expect(now.lost - was.lost).toBe(1);
      expect(now.gained).toBe(was.gained);
      for (const held of now.has) expect(was.has.has(held)).toBe(true);
    }
    expect([fourth.gained, fourth.lost]).toEqual([3, 0]);

    const kept = members.map(({ has }) => new Set(has));
    await fourth.leave();
    members.pop();
    await until(members, [4, 4, 4]);
    for (const [index, member] of members.entries()) {
      for (const held of kept[index]!) expect(member.has.has(held)).toBe(true);
      expect(member.gained).toBe(before[index]!.gained + 1);
    }
  } finally {
    for (const member of members) await member.leave();
    await backbone.close();
  }
});
