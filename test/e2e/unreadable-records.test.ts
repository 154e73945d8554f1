import { afterAll, beforeAll, expect, test } from "vitest";
import { blueprints, models } from "../../schemas/index.ts";
import { createEmbeddedBackbone } from "../../streams/index.ts";
import { openTools, publishBlueprint } from "../../loop/index.ts";
import { PARCELS } from "../operators/parcels.ts";
import { loopstream, temporaryDir } from "./command.ts";

const dir = temporaryDir();
afterAll(() => dir.remove());
beforeAll(async () => {
  const backbone = await createEmbeddedBackbone({ dir: dir.path });
  const tools = await openTools({ backbone, registry: backbone.registry, partitions: 1, codeVersion: "test" });
  await publishBlueprint(tools, PARCELS, 0);
  const newer = `${PARCELS.replace("useCase: parcels", "useCase: letters")}exploration: { epsilon: 10% }\n`;
  const value = {
    useCase: "letters",
    version: "aaaaaaaaaaaa",
    text: newer,
    activations: [{ time: 0, live: true }],
    shadowings: [],
    parameters: [],
    modes: [],
  };
  await tools.publisher.publish([{ topic: blueprints, key: "letters/aaaaaaaaaaaa", value, time: 0 }]);
  const odd = {
    ...value,
    useCase: "odd",
    text: PARCELS,
    activations: [{ time: 9e15, live: true }],
    shadowings: [],
    parameters: [],
    modes: [],
  };
  await tools.publisher.publish([{ topic: blueprints, key: "odd/aaaaaaaaaaaa", value: odd, time: 0 }]);
  const producer = await backbone.producer();
  for (const [topic, key] of [
    [blueprints.name, "zzz"],
    [models.name, "letters/bbbb"],
  ] as const) {
    await producer.send([{ topic, partition: 0, timestamp: 1, key: Buffer.from(key), value: Buffer.from("hello") }]);
  }
  await producer.close();
  await tools.close();
  await backbone.close();
});

const run = (...args: readonly string[]) => loopstream([...args, "--dir", dir.path]);

test("tools of a use case go on beside bad records of others, which are told with their places", async () => {
  const rows = await run("rows", "--use-case", "parcels");
  expect(rows).toMatchObject({ code: 0, stdout: expect.stringContaining("decisionId") });
  expect(rows.stderr).toMatch(/left out blueprints\/0 offset 1, key "letters\/aaaaaaaaaaaa": .*newer release/);
  expect(rows.stderr).toMatch(/left out blueprints\/0 offset 3, key "zzz"/);
  const listed = await run("models", "--use-case", "parcels");
  expect(listed.code).toBe(0);
  expect(listed.stderr).toMatch(/left out models\/0 offset 0, key "letters\/bbbb"/);
});

test("the exit code says that a record of the use case that was asked for, or of any, was left out", async () => {
  expect(await run("models", "--use-case", "letters")).toMatchObject({ code: 4 });
  const all = await run("blueprint");
  expect(all.code).toBe(4);
  expect(all.stdout).toMatch(/parcels +\w+ +live +the beginning/);
  expect(all.stdout).toMatch(/letters +aaaaaaaaaaaa +live +the beginning/);
  expect(all.stdout).toMatch(/odd +aaaaaaaaaaaa +live later +9000000000000000 ms/);
});

test("what needs a version that can't be read is refused with the reason", async () => {
  for (const command of [
    ["rows", "--use-case", "letters"],
    ["train", "--use-case", "letters"],
    ["replay", "--use-case", "letters"],
  ]) {
    const refused = await run(...command);
    expect(refused.code, command.join(" ")).not.toBe(0);
    expect(refused.stderr, command.join(" ")).toMatch(/can't be read by this release|can be read by this release/);
  }
});
