import { describe, expect, inject, test } from "vitest";
import { createKafkaBackbone, createPlatformaticBackbone } from "../../../streams/index.ts";
import { countingRun, makeAnew, type CountingRun } from "./counting-run.ts";
import { eventually } from "../../eventually.ts";

const clients = [
  { client: "kafkajs", create: createKafkaBackbone },
  { client: "@platformatic/kafka", create: createPlatformaticBackbone },
];
const patience = { timeout: 50_000, interval: 100 };
const keys = Array.from({ length: 20 }, (_, i) => `key-${i}`);
const counted = (times: number): Record<string, readonly number[]> =>
  Object.fromEntries(keys.map((key) => [key, Array.from({ length: times }, (_, i) => i + 1)]));

describe.each(clients)("over $client", ({ create }) => {
  const opened = (): Promise<CountingRun> => {
    const brokers = inject("brokers");
    return countingRun({ open: () => create({ brokers }), brokers, registry: inject("registry"), partitions: 2 });
  };
  const changelogOf = (run: CountingRun): string => run.counted.topology.subTopologies[0]!.changelog;
  const begun = async (run: CountingRun): Promise<void> => {
    await run.start();
    await run.publish(keys);
    await run.application.idle();
  };
  /** The state is on the changelog: another machine goes on with it. */
  const goesOnElsewhere = async (run: CountingRun, times: number): Promise<void> => {
    await run.stop();
    run.wipe();
    await run.publish(keys);
    await run.start();
    await run.application.idle();
    expect(await run.counts()).toEqual(counted(times));
    await run.stop();
  };

  test("local state is written to a changelog that was made anew while nobody ran, all of it", async () => {
    const run = await opened();
    try {
      await begun(run);
      await run.stop();
      await run.admin((admin) => makeAnew(admin, changelogOf(run), 2));
      await run.publish(keys.slice(0, 5));
      await run.start();
      await run.publish(keys.slice(5));
      await run.application.idle();
      expect(await run.counts()).toEqual(counted(2));
      expect(run.lines.filter(({ message }) => message.includes("all of the local state was written")).length).toBe(2);
      await goesOnElsewhere(run, 3);
      expect((await run.application.metrics.stateLost.get()).values).toEqual([]);
    } finally {
      await run.close();
    }
  });

  test("a changelog that is made anew while the application runs gets all of the state", async () => {
    const run = await opened();
    try {
      await begun(run);
      await run.admin((admin) => makeAnew(admin, changelogOf(run), 2));
      await run.publish(keys);
      await eventually(async () => expect(await run.counts()).toEqual(counted(2)), patience);
      await eventually(
        () =>
          expect(run.lines.filter(({ message }) => message.includes("all of the local state was written")).length).toBe(
            2,
          ),
        patience,
      );
      await run.application.idle();
      await goesOnElsewhere(run, 3);
    } finally {
      await run.close();
    }
  });

  test("where the changelog and the disk are both lost the application says so, and goes on from the committed positions", async () => {
    const run = await opened();
    try {
      await begun(run);
      await run.stop();
      await run.admin((admin) => makeAnew(admin, changelogOf(run), 2));
      run.wipe();
      await run.publish(keys);
      await run.start();
      await run.application.idle();
      expect(await run.counts()).toEqual(Object.fromEntries(keys.map((key) => [key, [1, 1]])));
      const said = run.lines.filter(({ level }) => level === "error");
      expect(said.map(({ fields }) => fields)).toEqual([
        { topic: changelogOf(run), partition: 0 },
        { topic: changelogOf(run), partition: 1 },
      ]);
      await run.stop();
    } finally {
      await run.close();
    }
  });

  test("an output that is deleted is made again, and written on to", async () => {
    const run = await opened();
    try {
      await begun(run);
      await run.admin((admin) => admin.deleteTopics({ topics: [run.counted.counts.name] }));
      await run.publish(keys);
      await eventually(
        async () => expect(await run.counts()).toEqual(Object.fromEntries(keys.map((key) => [key, [2]]))),
        patience,
      );
      await run.stop();
    } finally {
      await run.close();
    }
  });
});
