import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { removeReplay } from "../../loop/index.ts";
import { decisionRequests, observations } from "../../schemas/index.ts";
import { createEmbeddedBackbone } from "../../streams/index.ts";
import { HOUR, request, START } from "../operators/parcels.ts";
import { newDir } from "../streams/backbones/local/new-dir.ts";
import { World } from "./random-history.ts";

const folder = await newDir();
afterAll(() => folder.remove());

test("a replay's topics go with its name alone, live ones can't be named, and it can be made again", async () => {
  const backbone = await createEmbeddedBackbone({ dir: join(folder.path, "log") });
  const world = await new World(backbone, 2).open();
  const values = { kind: "arrival", delay: 3 };
  await world.publish([
    { topic: decisionRequests, key: "a", value: request("a", { depot: "north" }), time: START },
    {
      topic: observations,
      key: "a",
      value: { decisionId: "a", useCase: "", observationId: "", values },
      time: START + HOUR,
    },
  ]);
  const live = await backbone.topics();
  const first = await world.replay();
  const second = await world.replay({ fresh: true });
  expect(first).toMatchObject({ replay: expect.stringMatching(/^replay-[0-9a-f]{8}-1$/), decisions: 1 });
  for (const name of ["decisions", "training", "replay", first.replay.slice(0, -2)])
    await expect(removeReplay(backbone, name)).rejects.toThrow(
      `there is no replay ${name}: there are ${first.replay}, ${second.replay}`,
    );
  const removed = await removeReplay(backbone, first.replay);
  expect(removed.topics.length).toBeGreaterThan(5);
  expect(removed.topics).toContain(first.rowsTopic);
  await removeReplay(backbone, second.replay);
  expect(await backbone.topics()).toEqual(live);
  expect(await world.replay()).toMatchObject({ replay: first.replay, decisions: 1, resumed: false });
  await backbone.close();
});
