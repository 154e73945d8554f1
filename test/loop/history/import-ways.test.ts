import { afterAll, beforeAll, expect, test } from "vitest";
import { createEmbeddedBackbone, createMemoryEngine } from "../../../streams/index.ts";
import { openTools, publishBlueprint, replay, startLoop, type LoopOptions } from "../../../loop/index.ts";
import { newDir } from "../../streams/backbones/local/new-dir.ts";
import { SHOP, shopFiles, shopLines } from "./shop.ts";
import { embeddedLoop, importInto, loopOptions, rowsOn, stateOf, type ShopState } from "./shop-log.ts";

const HOUR = 3_600_000;
const PARTS = 1_000;
let folder: Awaited<ReturnType<typeof newDir>>;
let files: ReturnType<typeof shopFiles>;
let whole: ShopState;

beforeAll(async () => {
  folder = await newDir();
  // Ten days: longer than an observation waits for its decision.
  files = shopFiles(folder.path, "whole", shopLines(PARTS));
  const { loop, close } = await embeddedLoop(`${folder.path}/whole`);
  await importInto(loop, files);
  whole = await stateOf(loop);
  await close();
}, 900_000);
afterAll(() => folder.remove());

async function live(name: string): Promise<{ readonly options: LoopOptions; close(): Promise<void> }> {
  const dir = `${folder.path}/${name}`;
  const backbone = await createEmbeddedBackbone({ dir });
  const options = { ...loopOptions(backbone, backbone.registry, `${dir}/state`), maxTaskIdleMs: 0 };
  return { options, close: () => backbone.close() };
}

test(
  "history that is imported before the loop starts gives the same rows, and so does its replay",
  { timeout: 900_000 },
  async () => {
    const { options, close } = await live("before");
    const tools = await openTools(options);
    await publishBlueprint(tools, SHOP);
    await importInto(tools, files, { loop: undefined });
    await tools.close();
    const loop = await startLoop(options);
    await loop.application.idle();
    expect(await stateOf(loop)).toEqual(whole);
    const request = { useCase: "shop" };
    const how = { engine: createMemoryEngine(), dir: folder.path, stepMs: 24 * HOUR, latenessMs: HOUR };
    const again = await replay({ ...options, ...how, request });
    expect(await rowsOn(loop, again!.rowsTopic)).toEqual(whole.rows);
    await loop.close();
    await close();
  },
);

test("history that is imported while a live loop runs gives the same rows", { timeout: 900_000 }, async () => {
  const { options, close } = await live("running");
  const loop = await startLoop(options);
  await publishBlueprint(loop, SHOP);
  await importInto(loop, files, { loop: undefined });
  await loop.application.idle();
  expect(await stateOf(loop)).toEqual(whole);
  await loop.close();
  await close();
});
