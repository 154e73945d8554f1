import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BlueprintError } from "../../blueprints/index.ts";
import { openLoopstream, runLoop, settingsOf } from "../../loop/index.ts";
import { SHOP } from "./history/shop.ts";
import { recordedLog } from "../streams/recorded-log.ts";

let parent: string;
let dir: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "loopstream-run-"));
  dir = join(parent, "state");
});
afterEach(async () => rm(parent, { recursive: true }));

test("blueprints are live before it says that it runs; the signal ends it once, and lets go of the directory", async () => {
  const { log, lines } = recordedLog();
  const stop = new AbortController();
  let ends = 0;
  const running = runLoop({
    settings: settingsOf({ dir, partitions: 1 }),
    log: {
      ...log,
      info(fields, text) {
        log.info(fields, text);
        if (text.startsWith("the loop is running")) stop.abort();
      },
    },
    blueprints: [{ text: SHOP, file: "shop.yaml" }],
    signal: stop.signal,
    onEnding: () => (ends += 1),
  });
  await running;
  const said = lines.map(({ message }) => message);
  expect(said.filter((text) => /live|running|stopping/.test(text))).toEqual([
    "blueprint is live",
    expect.stringContaining("the loop is running"),
    "stopping",
  ]);
  expect(ends).toBe(1);
  const again = await openLoopstream({ dir, partitions: 1, log });
  try {
    expect(again.runsHere).toBe(true);
    expect(await again.blueprints()).toMatchObject([{ useCase: "shop", state: "live" }]);
  } finally {
    await again.close();
  }
});

test("a blueprint that is wrong is refused by file and line before anything is opened", async () => {
  const { log } = recordedLog();
  const blueprints = [{ text: SHOP.replace("price: number", "price: money"), file: "shop.yaml" }];
  const running = runLoop({ settings: settingsOf({ dir }), log, blueprints, signal: new AbortController().signal });
  await expect(running).rejects.toThrow(BlueprintError);
  await expect(running).rejects.toThrow(/^shop\.yaml/);
  expect(existsSync(dir)).toBe(false);
});

test("a signal that comes first starts nothing", async () => {
  const { log, lines } = recordedLog();
  await runLoop({ settings: settingsOf({ dir, partitions: 1 }), log, signal: AbortSignal.abort() });
  expect(lines.at(-1)).toMatchObject({ message: "stopped before the loop was running" });
});
