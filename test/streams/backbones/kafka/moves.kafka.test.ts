import { randomUUID } from "node:crypto";
import { expect, inject, test } from "vitest";
import { createKafkaBackbone } from "../../../../streams/backbones/kafka/index.ts";
import { until, Watched } from "./watched.ts";

const PARTITIONS = 12;

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
