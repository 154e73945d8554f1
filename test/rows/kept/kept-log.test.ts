import { cp, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compileBlueprint } from "../../../blueprints/index.ts";
import type { TrainingRow } from "../../../schemas/index.ts";
import { createEmbeddedBackbone, streamsLimits } from "../../../streams/index.ts";
import { HOUR, rows, START, TEXT as PARCELS } from "../../trainer/parcel-rows.ts";
import { CHUNK, PARTITIONS } from "./figures.ts";
import { keptWorld, type KeptWorld } from "./kept-world.ts";

const TEXT = PARCELS.replace("rounds: 12", "rounds: 2");
const compiled = compileBlueprint(TEXT);
const MANY = 1_800;
const until = START + 10_000 * HOUR;
const OPEN = PARTITIONS * (CHUNK + 1);
const own = (from: number, count: number, signal: number): readonly TrainingRow[] =>
  rows(from, count, signal).map((each) => ({ ...each, blueprintVersion: compiled.blueprint.version }));

async function opened(dir: string): Promise<KeptWorld> {
  const backbone = await createEmbeddedBackbone({ dir });
  return keptWorld({
    ...{ backbone, registry: backbone.registry },
    trim: () => Promise.resolve(),
    makeAnew: () => Promise.resolve(),
    close: () => backbone.close(),
  });
}

test("a log that has lost its end, and has other rows there by now, is not taken for the former one", async () => {
  const folder = await mkdtemp(join(tmpdir(), "loopstream-kept-lost-"));
  const [dir, copy] = [join(folder, "log"), join(folder, "copy")];
  const first = await opened(dir);
  await first.publishVersion(TEXT);
  await first.publish(compiled, own(0, 900, 1));
  await first.close();
  await cp(dir, copy, { recursive: true });
  const second = await opened(dir);
  const place = { ...second.place, folder: join(folder, "kept") };
  await second.publish(compiled, own(900, 1_800, 1));
  await second.same(compiled, until, place);
  await second.close();
  await rm(dir, { recursive: true });
  await rename(copy, dir);
  const third = await opened(dir);
  await third.publish(compiled, own(900, 3_000, -1));
  const { fromTopic, read } = await third.same(compiled, until, place);
  expect(fromTopic).toBeGreaterThanOrEqual(3_000);
  expect(read.rows).toHaveLength(3_900);
  expect((await third.same(compiled, until, place)).fromTopic).toBeLessThan(OPEN);
  await third.close();
  await rm(folder, { recursive: true });
});

test("kept rows outlast more openings of the log than it remembers, if they are read now and then", async () => {
  const dir = await mkdtemp(join(tmpdir(), "loopstream-kept-epochs-"));
  const first = await opened(dir);
  const place = { ...first.place, folder: join(dir, "kept") };
  await first.publishVersion(TEXT);
  await first.publish(compiled, own(0, MANY, 1));
  await first.read(compiled, until, place);
  await first.close();
  for (let opening = 0; opening < streamsLimits.logEpochs + 5; opening++) {
    const backbone = await createEmbeddedBackbone({ dir });
    await backbone.history();
    await backbone.close();
    if (opening % 30 !== 20) continue;
    const reading = await opened(dir);
    await reading.read(compiled, until, place);
    await reading.close();
  }
  const last = await opened(dir);
  expect((await last.same(compiled, until, place)).fromTopic).toBeLessThan(OPEN);
  await last.close();
  await rm(dir, { recursive: true });
});
