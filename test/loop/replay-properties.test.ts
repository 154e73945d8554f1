import { expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import {
  blueprints,
  deadLetters,
  decisionRequests,
  decisions,
  hourlyStats,
  models,
  observations,
  type TrainingRow,
} from "../../schemas/index.ts";
import {
  createMemoryEngine,
  createTestDriver,
  partitionOf,
  PLACE_HEADER,
  readRaw,
  readTopic,
} from "../../streams/index.ts";
import { keepNewest, rowsTopic } from "../../rows/index.ts";
import { besideLive } from "../../loop/index.ts";
import { decisionTopology } from "../../topologies/index.ts";
import { random, shuffled } from "../blueprints/random.ts";
import { HOUR, inProduction, noScorers, published, START } from "../operators/parcels.ts";
import { CrashingBackbone } from "./crashing-backbone.ts";
import { MemoryBackbone } from "./memory-backbone.ts";
import {
  ask,
  history,
  MINUTE,
  scan,
  seen,
  sorted,
  TEXT,
  TTL,
  version,
  wider,
  WIDER,
  World,
  type Sent,
} from "./random-history.ts";

const DAY = 24 * HOUR;

const decidedBefore = (time: number) => (row: Readonly<Record<string, unknown>>) =>
  (row["decisionTime"] as number) < time;

/** Anything that may come from `time` on: nothing of it says how a decision before then ended. */
function future(next: () => number, time: number): readonly Sent[] {
  const later = (ms: number): number => time + Math.floor(next() * (ms / MINUTE)) * MINUTE;
  const sent: Sent[] = [];
  for (let i = 0; i < 6; i++) {
    sent.push(ask(next, `new${i}`, later(6 * HOUR)));
    sent.push(seen(next, `new${i}`, later(12 * HOUR)));
    sent.push(scan(next, later(6 * HOUR)), scan(next, time));
    // Its decision, if it was made before, has its row by then.
    sent.push(seen(next, `d${i}`, later(6 * HOUR) + TTL));
  }
  if (next() < 0.5) sent.push({ topic: blueprints, ...published(WIDER, later(HOUR)) });
  if (next() < 0.3) sent.push({ topic: models, ...inProduction("unread", later(HOUR)) });
  return shuffled(sent, next);
}

test(
  "a thousand times: what is appended from a moment on changes no row decided before it",
  { timeout: 600_000 },
  async () => {
    let compared = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const next = random(seed);
      const past = history(next, 10);
      const world = await new World(new MemoryBackbone(), 1 + (seed % 3)).open();
      await world.publish(past);
      const before = await world.rows(await world.replay());
      for (let each = 0; each < 10; each++) {
        const time = START + Math.floor(next() * 13) * HOUR;
        const grown = await new World(new MemoryBackbone(), world.partitions).open();
        await grown.publish([...past, ...future(next, time)]);
        const after = await grown.rows(await grown.replay());
        const expected = sorted(before.filter(decidedBefore(time)));
        expect(sorted(after.filter(decidedBefore(time))), `seed ${seed}, case ${each}`).toEqual(expected);
        compared += expected.length;
      }
    }
    expect(compared).toBeGreaterThan(3_000);
  },
);

test("the rows are those that were made live, in the order of event time", { timeout: 900_000 }, async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const next = random(seed);
    const past = history(next, 12);
    const topology = decisionTopology({ name: "t", scorers: noScorers, salt: "s" });
    const driver = await createTestDriver(topology, { deadLetters, partitions: 2, start: START - DAY });
    await driver.input(blueprints).send(published(TEXT));
    for (const record of past) await driver.input(record.topic).send(record);
    await driver.advanceTo(START + 100 * HOUR);
    const live = driver.output(rowsTopic(compileBlueprint(TEXT))).readAll();
    await driver.close();
    const world = await new World(new MemoryBackbone(), 3).open();
    await world.publish(past);
    const again = await world.rows(await world.replay({ stepMs: 5 * HOUR }));
    // Of two observations at the same millisecond live may have met either first, and made a row that the other corrected.
    expect(newest(again), `seed ${seed}`).toEqual(newest(live.map(({ value }) => value)));
  }
});

test("topics that were given partitions in the middle of the history, and records that were passed on, give the same rows", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const next = random(seed);
    const past = history(next, 12);
    const forced = seed % 2 === 0 ? { blueprintVersion: wider } : {};
    const request = { useCase: "parcels", ...forced };
    const plain = await new World(new MemoryBackbone(), 2).open();
    await plain.publish(past);
    const expected = sorted(await plain.rows(await plain.replay({ request }), forced.blueprintVersion ?? version));

    const world = await new World(new MemoryBackbone(), 2).open();
    const middle = Math.floor(past.length / 2);
    await world.publish(past.slice(0, middle));
    for (const topic of [decisionRequests, observations, decisions]) await world.backbone.grow(topic.name, 5);
    await world.publish(past.slice(middle));
    await passOn(world, next);
    const rows = await world.rows(await world.replay({ request }), forced.blueprintVersion ?? version);
    expect(sorted(rows), `seed ${seed}`).toEqual(expected);
  }
});

test("records under other keys or none, in any partition, some of them passed on, give the same rows", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const next = random(seed);
    const past = history(next, 12);
    const plain = await new World(new MemoryBackbone(), 3).open();
    await plain.publish(past);
    const expected = sorted(await plain.rows(await plain.replay()));

    const world = await new World(new MemoryBackbone(), 3).open();
    await world.publish(past.filter(({ topic }) => topic !== decisionRequests && topic !== observations));
    for (const { name: topic } of [decisionRequests, observations]) {
      for await (const records of readRaw(plain.backbone, topic)) {
        for (const { timestamp, key, value, headers } of records) {
          const given = [null, Buffer.from(`u${next()}`), key][Math.floor(next() * 3)]!;
          const partition = Math.floor(next() * 3);
          const offset = world.backbone.read({ topic, partition }).length;
          const home = partitionOf(key!, 3);
          const placed = { ...headers, [PLACE_HEADER]: Buffer.from(`${partition}/${offset}`) };
          world.backbone.append([
            { topic, partition, timestamp, key: given, value, headers },
            ...(partition === home ? [] : [{ topic, partition: home, timestamp, key, value, headers: placed }]),
          ]);
        }
      }
    }
    expect(sorted(await world.rows(await world.replay())), `seed ${seed}`).toEqual(expected);
  }
});

/** Some of what lies on the topics comes once more, with its place, as the loop passes on what is in another partition than its task's. */
async function passOn({ backbone }: World, next: () => number): Promise<void> {
  const producer = await backbone.producer();
  for (const { name: topic } of [decisionRequests, observations]) {
    const count = (await backbone.partitions(topic))!;
    for await (const records of readRaw(backbone, topic)) {
      const copies = records
        .filter(() => next() < 0.3)
        .map(({ partition, offset, timestamp, key, value, headers }) => ({
          ...{ topic, partition: partitionOf(key!, count), timestamp, key, value },
          headers: { ...headers, [PLACE_HEADER]: Buffer.from(`${partition}/${offset}`) },
        }));
      await producer.send(copies);
    }
  }
}

test("a replay that was killed in the middle of its steps counts each decision once in the hourly statistics", async () => {
  let crashes = 0;
  for (let seed = 1; seed <= 25; seed++) {
    const next = random(seed);
    const backbone = new CrashingBackbone();
    const world = await new World(backbone, 2).open();
    await world.publish(history(next, 12));
    const engine = createMemoryEngine();
    let result: Awaited<ReturnType<World["replay"]>> | undefined;
    while (result === undefined) {
      backbone.crashIn = crashes < 3 * seed ? 1 + Math.floor(next() * 30) : Infinity;
      result = await world.replay({ statistics: true, stepMs: 3 * HOUR }, engine).catch((error: unknown) => {
        if (!backbone.crashed) throw error;
        crashes++;
        backbone.restart();
        return undefined;
      });
    }
    const side = besideLive(backbone, `${result.replay}-`);
    let counted = 0;
    for await (const { value } of readTopic(side, world.serdes, hourlyStats)) counted += value.decisions;
    expect(counted, `seed ${seed}`).toBe(12);
  }
  expect(crashes).toBeGreaterThan(40);
});

function newest(rows: readonly TrainingRow[]): readonly string[] {
  const kept = new Map<string, TrainingRow>();
  for (const row of rows) keepNewest(kept, row);
  return sorted([...kept.values()]);
}

const LATENESS = 2 * HOUR;

/** Each partition's records come in another order: none more than the lateness behind a newer one. */
function permuted(sent: readonly Sent[], next: () => number): readonly Sent[] {
  return sent
    .map((record) => ({ record, comes: record.time + next() * (LATENESS - 1) }))
    .sort((a, b) => a.comes - b.comes)
    .map(({ record }) => record);
}

/** Partitions that stand still, some for a hundred polls, while the others go on. */
function stalling(next: () => number): () => number {
  let still = 0;
  return () => {
    if (still > 0) still--;
    else if (next() < 0.1) still = Math.floor(next() * 100);
    return still > 0 ? 0 : 1 + Math.floor(next() * 20);
  };
}

test(
  "any arrival order within the lateness, stalled partitions, crashes and any steps give the same rows",
  {
    timeout: 600_000,
  },
  async () => {
    let [rows, crashes] = [0, 0];
    for (let seed = 1; seed <= 60; seed++) {
      const next = random(seed);
      const past = history(next, 12);
      const forced = seed % 3 === 0 ? { blueprintVersion: wider } : {};
      const request = { useCase: "parcels", ...forced };
      const plain = await new World(new MemoryBackbone(), 1).open();
      await plain.publish(past);
      const first = await plain.replay({ request });
      const expected = sorted(await plain.rows(first, forced.blueprintVersion ?? version));

      const backbone = new CrashingBackbone(stalling(next));
      const world = await new World(backbone, 1 + Math.floor(next() * 4)).open();
      await world.publish(permuted(past, next));
      const options = { request, latenessMs: LATENESS, stepMs: (1 + Math.floor(next() * 30)) * HOUR };
      let engine = createMemoryEngine();
      let again: Awaited<ReturnType<World["replay"]>> | undefined;
      while (again === undefined) {
        backbone.crashIn = next() < 0.7 && crashes < 3 * seed ? 1 + Math.floor(next() * 20) : Infinity;
        // The state on disk is there again, or lost.
        if (next() < 0.5) engine = createMemoryEngine();
        again = await world.replay(options, engine).catch((error: unknown) => {
          if (!backbone.crashed) throw error;
          crashes++;
          backbone.restart();
          return undefined;
        });
      }
      const found = sorted(await world.rows(again, forced.blueprintVersion ?? version));
      expect(found, `seed ${seed}`).toEqual(expected);
      expect(again.rowsSha256).toBe(first.rowsSha256);
      expect(again.late).toBe(0);
      rows += found.length;
    }
    expect(rows).toBeGreaterThan(500);
    expect(crashes).toBeGreaterThan(40);
  },
);
