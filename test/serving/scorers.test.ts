import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createEmbeddedBackbone } from "../../streams/index.ts";
import { openTools, publishBlueprint } from "../../loop/index.ts";
import { ScorerCache } from "../../serving/index.ts";
import { compiled, HOUR, rows, START, TEXT } from "../trainer/parcel-rows.ts";
import { rowsTopic } from "../../rows/index.ts";
import { trainModel } from "../../trainer/index.ts";

test("models that were used lately stay loaded, at most so many bytes of them; one that is idle goes when another is loaded", async () => {
  const dir = await mkdtemp(join(tmpdir(), "loopstream-scorers-"));
  const backbone = await createEmbeddedBackbone({ dir });
  const tools = await openTools({ backbone, registry: backbone.registry, partitions: 1, codeVersion: "1.0.0" });
  await publishBlueprint(tools, TEXT);
  await tools.publisher.publish(
    rows(0, 400, 1).map((value) => ({
      ...{ topic: rowsTopic(compiled), value, key: value["decisionId"] as string, time: value["rowTime"] as number },
    })),
  );
  const train = async (minute: number) => {
    const result = await trainModel(tools, { useCase: "parcels", until: START + minute * 60_000 + HOUR });
    if (result.kind !== "trained") throw new Error("too few rows");
    return result.model;
  };
  const [one, two, three] = [await train(250), await train(300), await train(399)];

  let now = 0;
  const bytes = (await new ScorerCache(backbone, tools.serdes).get(one)).bytes;
  const cache = new ScorerCache(backbone, tools.serdes, { mostBytes: 2.9 * bytes, now: () => now });
  const [first, second] = [await cache.get(one), await cache.get(two)];
  expect(await cache.get(one)).toBe(first);
  // A third one: the second is the least recently used.
  await cache.get(three);
  expect(await cache.get(one)).toBe(first);
  expect(await cache.get(two)).not.toBe(second);

  const roomy = new ScorerCache(backbone, tools.serdes, { now: () => now });
  const [idle, busy] = [await roomy.get(one), await roomy.get(two)];
  now = 4 * 60_000;
  expect(await roomy.get(two)).toBe(busy);
  now = 6 * 60_000;
  await roomy.get(three);
  expect(await roomy.get(two)).toBe(busy);
  expect(await roomy.get(one)).not.toBe(idle);

  for (const each of [cache, roomy]) await each.close();
  await tools.close();
  await backbone.close();
  await rm(dir, { recursive: true, force: true });
});
