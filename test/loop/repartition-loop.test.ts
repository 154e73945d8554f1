import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import { blueprints, clock, deadLetters, decisionRequests, observations } from "../../schemas/index.ts";
import { createEmbeddedBackbone, readTopic, type EmbeddedBackbone } from "../../streams/index.ts";
import { repartitionLoop, startLoop, type Loop } from "../../loop/index.ts";
import { HOUR, published, request, START } from "../operators/parcels.ts";
import { TEXT } from "./random-history.ts";

let dir: string;
let backbone: EmbeddedBackbone;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "loopstream-repartition-loop-"));
  backbone = await createEmbeddedBackbone({ dir });
});
afterEach(async () => {
  await backbone.close();
  rmSync(dir, { recursive: true });
});

const start = (partitions: number): Promise<Loop> =>
  startLoop({
    id: "loop",
    backbone,
    registry: backbone.registry,
    stateDir: join(dir, "state"),
    partitions,
    delivery: "exactlyOnce",
    commitIntervalMs: 0,
    maxTaskIdleMs: Number.POSITIVE_INFINITY,
    salt: "s",
    codeVersion: "test",
  });
const ids = Array.from({ length: 15 }, (_, n) => `d${n}`);
const SEEN = 12;
const seen = (decisionId: string, n: number, time: number) => ({
  topic: observations,
  key: decisionId,
  value: { decisionId, useCase: "", observationId: `${n}`, values: { kind: "arrival", delay: 1 } },
  time,
});

test("a loop that is moved to more partitions goes on with every answer, observation and timer of its decisions", async () => {
  let loop = await start(2);
  await loop.publisher.publish([{ topic: blueprints, ...published(TEXT) }]);
  await loop.application.idle();
  const asked = ids.map((id) => ({ topic: decisionRequests, key: id, value: request(id, { weight: 1 }), time: START }));
  await loop.publisher.publish(asked);
  const some = ids.flatMap((id) => Array.from({ length: SEEN }, (_, n) => seen(id, n, START + 1 + n)));
  const orphans = Array.from({ length: SEEN }, (_, n) => seen("nobody", n, START + n));
  await loop.publisher.publish([...some, ...orphans]);
  await loop.application.idle();
  await loop.close();
  const moved = await repartitionLoop({ id: "loop", backbone, stateDir: join(dir, "state"), partitions: 5 });
  expect(moved.movedKeys).toBeGreaterThan(100);
  loop = await start(5);
  // What is repeated is known; one more is counted.
  await loop.publisher.publish([...asked, ...some, ...ids.map((id) => seen(id, SEEN, START + HOUR))]);
  await loop.application.idle();
  const time = START + 24 * HOUR * 8;
  await loop.publisher.publish([{ topic: clock, key: "clock", value: { time }, time }]);
  await loop.application.idle();
  const rows: (readonly [unknown, unknown])[] = [];
  for await (const { value } of readTopic(backbone, loop.serdes, rowsTopic(compileBlueprint(TEXT)))) {
    rows.push([value["decisionId"], value["label"]]);
  }
  expect(rows.sort()).toEqual(ids.map((id) => [id, SEEN + 1]).sort());
  const buried: string[] = [];
  for await (const { value } of readTopic(backbone, loop.serdes, deadLetters))
    buried.push(`${value.code} ${value.message}`);
  expect(buried).toEqual(orphans.map(() => "TOO_LATE no decision nobody came for this observation"));
  await loop.close();
});
