import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import * as schemas from "../../schemas/index.ts";
import {
  Application,
  createEmbeddedBackbone,
  createLevelEngine,
  createRocksEngine,
  ensureTopic,
  Publisher,
  readTopic,
  Serdes,
  type Topic,
} from "../../streams/index.ts";
import { decisionTopology } from "../../topologies/index.ts";
import { random } from "../blueprints/random.ts";
import { HOUR, inProduction, published, request, scorers, START } from "../operators/parcels.ts";
import { withoutRocks } from "../streams/state/without-rocks.ts";

const PARTITIONS = 3;
const STEPS = 8;
const PER_STEP = 60;
const STEP_MS = 2 * HOUR;

type Records = readonly { key: string; time: number; value: unknown }[];

/** Requests, events and observations of one stretch of time: early, late, twice, of nothing. */
function step(at: number, next: () => number): { topic: Topic<never>; key: string; value: never; time: number }[] {
  const from = START + at * STEP_MS;
  const records: { topic: Topic<never>; key: string; value: never; time: number }[] = [];
  const add = <V>(topic: Topic<V>, key: string, value: V, time: number): void =>
    void records.push({ topic: topic as Topic<never>, key, value: value as never, time });
  for (let n = 0; n < PER_STEP; n++) {
    const time = from + Math.floor((n / PER_STEP) * STEP_MS);
    const id = `d${at}-${n}`;
    const unit = `unit-${Math.floor(next() * 20)}`;
    const depot = next() < 0.5 ? "north" : "south";
    const context = { weight: next() * 20, carrier: next() < 0.3 ? "road" : "air", express: next() < 0.5, depot };
    add(schemas.decisionRequests, unit, request(id, context, { unit }), time);
    if (next() < 0.1) add(schemas.decisionRequests, unit, request(id, context, { unit }), time + 1);
    add(schemas.events, depot, { kind: "scan", attributes: { depot, minutes: Math.floor(next() * 60) } }, time);
    const seen = next() < 0.05 ? `nobody-${at}-${n}` : `d${Math.max(0, at - Math.floor(next() * 5))}-${n}`;
    const values = { kind: "arrival", delay: Math.floor(next() * 20) };
    add(
      schemas.observations,
      seen,
      { decisionId: seen, useCase: "", observationId: "", optionId: "", activation: false, values },
      time + 5,
    );
  }
  add(schemas.clock, "", { time: from + STEP_MS - 1 }, from + STEP_MS - 1);
  return records;
}

/** What the decision topology makes of it, with a restart after half and another, without the local state, near the end. */
async function run(kind: "level" | "rocks"): Promise<Readonly<Record<string, Records>>> {
  const dir = await mkdtemp(join(tmpdir(), "loopstream-engines-"));
  const stateDir = join(dir, "state");
  const engine = kind === "rocks" ? createRocksEngine(stateDir) : createLevelEngine(stateDir);
  const backbone = await createEmbeddedBackbone({ dir });
  const serdes = new Serdes(backbone.registry);
  let failure: unknown;
  const start = async (): Promise<Application> => {
    const application = new Application({
      id: "engines",
      topology: decisionTopology({ name: "engines", scorers, salt: "salt" }),
      backbone,
      serdes,
      engine,
      deadLetters: schemas.deadLetters,
      partitions: PARTITIONS,
      delivery: "exactlyOnce",
      commitIntervalMs: 0,
      maxTaskIdleMs: Number.POSITIVE_INFINITY,
      onFailure: (error) => (failure = error),
    });
    await application.start();
    return application;
  };
  for (const topic of schemas.topics) await ensureTopic(topic, backbone, serdes, PARTITIONS);
  const publisher = await Publisher.open(backbone, serdes, PARTITIONS);
  await publisher.publish([
    { topic: schemas.blueprints as Topic<unknown>, ...published() },
    { topic: schemas.models as Topic<unknown>, ...inProduction("m1", START + HOUR) },
  ]);
  const next = random(7);
  let application = await start();
  for (let at = 0; at < STEPS; at++) {
    await publisher.publish(step(at, next));
    await application.idle();
    if (at === STEPS / 2 || at === STEPS - 2) {
      await application.close();
      if (at === STEPS - 2) await rm(stateDir, { recursive: true });
      application = await start();
    }
  }
  await application.close();
  expect(failure).toBeUndefined();

  const read = async (topic: Topic<never>): Promise<Records> => {
    const found: { key: string; time: number; value: unknown }[] = [];
    for await (const { key, time, value } of readTopic<unknown>(backbone, serdes, topic as Topic<unknown>)) {
      // How long it took is the one thing that is not of the records.
      found.push({ key, time, value: { ...(value as object), latencyMs: undefined } });
    }
    return found.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  };
  const made = {
    decisions: await read(schemas.decisions as Topic<never>),
    rows: await read(rowsTopic(compileBlueprint(published().value.text)) as Topic<never>),
    stats: await read(schemas.hourlyStats as Topic<never>),
    deadLetters: await read(schemas.deadLetters as Topic<never>),
  };
  await publisher.close();
  await backbone.close();
  await rm(dir, { recursive: true });
  return made;
}

describe.skipIf(withoutRocks)("with rocksdb-native", () => {
  test("the decision topology makes the same of the same records on LevelDB and on RocksDB, restarts in between", async () => {
    const [level, rocks] = [await run("level"), await run("rocks")];
    expect(level["decisions"]).toHaveLength(STEPS * PER_STEP);
    expect(level["rows"]!.length).toBeGreaterThan(200);
    expect(level["stats"]!.length).toBeGreaterThan(10);
    expect(level["deadLetters"]!.length).toBeGreaterThan(0);
    expect(rocks).toEqual(level);
  });
});
