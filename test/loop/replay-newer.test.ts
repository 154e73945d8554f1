import { expect, test } from "vitest";
import { decisionRequests, events, observations } from "../../schemas/index.ts";
import { PLACE_HEADER } from "../../streams/index.ts";
import { HOUR, request, START } from "../operators/parcels.ts";
import { MemoryBackbone } from "./memory-backbone.ts";
import { World, type Sent } from "./random-history.ts";

const asked = (id: string, time: number, useCase = "parcels"): Sent => ({
  topic: decisionRequests,
  key: id,
  value: request(id, { depot: "north" }, { useCase }),
  time,
});
const seen = (id: string, time: number, useCase = ""): Sent => ({
  topic: observations,
  key: id,
  value: { decisionId: id, useCase, observationId: "", values: { kind: "arrival", delay: 3 } },
  time,
});
const scan = (time: number): Sent => ({
  topic: events,
  key: "north",
  value: { kind: "scan", attributes: { depot: "north", minutes: 1 } },
  time,
});

test("a finished replay that is asked for again says what came since and is not in it, and --fresh has it", async () => {
  const world = await new World(new MemoryBackbone(), 2).open();
  await world.publish([asked("a", START), seen("a", START + HOUR), scan(START - HOUR)]);
  const first = await world.replay();
  expect(first).toMatchObject({ decisions: 1, resumed: false, newer: null });
  expect(await world.replay()).toMatchObject({ resumed: true, newer: null });
  await world.publish([
    asked("b", START + 2 * HOUR),
    asked("of another", START + 2 * HOUR, "letters"),
    seen("b", START + 5 * HOUR),
    seen("of another", START + 5 * HOUR, "letters"),
    scan(START + HOUR),
    scan(START + 3 * HOUR),
  ]);
  const again = await world.replay();
  expect(again).toMatchObject({
    replay: first.replay,
    decisions: 1,
    newer: { requests: 1, observations: 1, events: 2, until: START + 5 * HOUR },
  });
  expect(await world.replay({ fresh: true })).toMatchObject({ decisions: 2, resumed: false, newer: null });
});

test("a record that was passed on to the partition of its decision counts once", async () => {
  const world = await new World(new MemoryBackbone(), 2).open();
  await world.publish([asked("a", START)]);
  await world.replay();
  const copy = { headers: { [PLACE_HEADER]: Buffer.from("1/0") } };
  const [request, observation] = [asked("b", START + HOUR), seen("b", START + 2 * HOUR)];
  await world.publish([request, { ...request, ...copy }, observation, { ...observation, ...copy }]);
  expect((await world.replay()).newer).toMatchObject({ requests: 1, observations: 1 });
});

test("what lies outside the time that was asked for is not said to be missing", async () => {
  const world = await new World(new MemoryBackbone(), 2).open();
  await world.publish([asked("a", START), asked("later", START + 2 * HOUR)]);
  const of = { request: { useCase: "parcels", from: START, to: START + HOUR } };
  expect(await world.replay(of)).toMatchObject({ decisions: 1, newer: null });
  await world.publish([
    asked("b", START + HOUR),
    asked("c", START - 1),
    scan(START + HOUR),
    seen("b", START + 9 * HOUR),
  ]);
  expect(await world.replay(of)).toMatchObject({ resumed: true, newer: null });
  await world.publish([asked("d", START + HOUR - 1)]);
  expect((await world.replay(of)).newer).toEqual({ requests: 1, observations: 0, events: 0, until: START + HOUR - 1 });
});
