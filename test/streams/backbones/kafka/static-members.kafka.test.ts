import { randomUUID } from "node:crypto";
import { expect, inject, test } from "vitest";
import type { Backbone } from "../../../../streams/backbone/backbone.ts";
import { createKafkaBackbone } from "../../../../streams/backbones/kafka/index.ts";
import { createPlatformaticBackbone } from "../../../../streams/backbones/platformatic/index.ts";
import { until, Watched } from "./watched.ts";

const brokers = (): string[] => inject("brokers").split(",");

interface Process {
  readonly backbone: Backbone;
  readonly member: Watched;
  stop(): Promise<void>;
}

async function start(groupInstanceId: string, topic: string): Promise<Process> {
  const backbone = await createPlatformaticBackbone({ brokers: brokers(), groupInstanceId, sessionTimeoutMs: 20_000 });
  await backbone.ensureTopics([{ name: topic, partitions: 12, cleanup: "delete" }]);
  const member = new Watched();
  await member.join(backbone, topic, topic);
  return {
    backbone,
    member,
    async stop() {
      await member.leave();
      await backbone.close();
    },
  };
}

test("static members that restart one after the other come back to their partitions, and nobody else's move", async () => {
  const topic = `static-${randomUUID()}`;
  const processes = await Promise.all(["a", "b", "c"].map((name) => start(name, topic)));
  try {
    const members = (): Watched[] => processes.map(({ member }) => member);
    await until(members(), [4, 4, 4]);
    const had = members().map(({ has }) => [...has].sort());
    const moves = (): number[][] => members().map(({ gained, lost }) => [gained, lost]);

    for (const [index, name] of ["a", "b", "c"].entries()) {
      const before = moves();
      await processes[index]!.stop();
      processes[index] = await start(name, topic);
      await until(members(), [4, 4, 4]);
      expect([...processes[index].member.has].sort()).toEqual(had[index]);
      expect(processes[index].member.lost).toBe(0);
      expect(moves().toSpliced(index, 1)).toEqual(before.toSpliced(index, 1));
    }
  } finally {
    for (const process of processes) await process.stop();
  }
});

test("a static member whose name another process takes ends with an error that says so, and does not take it back", async () => {
  const topic = `static-${randomUUID()}`;
  const first = await start("twice", topic);
  const processes = [first];
  try {
    await until([first.member], [12]);
    const second = await start("twice", topic);
    processes.push(second);
    await until([second.member], [12]);
    expect(await first.member.ended).toMatchObject({
      code: "INSTANCE_REPLACED",
      message: expect.stringContaining('another process has joined as instance "twice"') as string,
    });
    expect(second.member.lost).toBe(0);
  } finally {
    for (const process of processes) await process.stop();
  }
});

test("kafkajs' connections refuse an instance id, which they could not carry", async () => {
  await expect(createKafkaBackbone({ brokers: brokers(), groupInstanceId: "a" })).rejects.toMatchObject({
    code: "TOPOLOGY_INVALID",
    message: expect.stringContaining("platformatic") as string,
  });
});
