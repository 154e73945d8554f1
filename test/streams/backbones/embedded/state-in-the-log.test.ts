import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  createEmbeddedBackbone,
  createLevelEngine,
  createMemoryEngine,
  partitionOf,
  type StateEngine,
} from "../../../../streams/index.ts";
import { restoreState } from "../../../../streams/runtime/changelog/restore.ts";
import { asked, besideTheLog, check, facts, KEYS, PARTITIONS, start } from "./counted.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "loopstream-in-the-log-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

let n = 0;
/** Asks with every key, and checks the answers to all there are. */
async function round(where: string, engineOf?: (engine: StateEngine) => StateEngine): Promise<readonly string[]> {
  const run = await start(dir, "none", undefined, engineOf);
  await check(run, `${where}, found`);
  await run.publisher.publish(
    KEYS.flatMap((key) =>
      [asked, facts].map((topic) => ({
        topic,
        key,
        value: { n },
        time: 1_700_000_000_000 + n++,
        partition: partitionOf(Buffer.from(key), PARTITIONS),
      })),
    ),
  );
  await check(run, `${where}, new`);
  await run.application.close();
  await run.backbone.close();
  return run.said;
}

const folders = (): boolean[] =>
  Array.from({ length: PARTITIONS }, (_, partition) => existsSync(join(dir, "state", `count-${partition}`)));

test("state that an older build kept beside the log is taken into it, and its folders go", async () => {
  await round("beside", besideTheLog);
  await round("beside again", besideTheLog);
  expect(folders()).toEqual([true, true]);
  const said = await round("in the log");
  expect(folders()).toEqual([false, false]);
  expect(said.filter((line) => line.includes("kept by key")).length).toBe(PARTITIONS);
  const again = await round("in the log again");
  expect(again.filter((line) => !line.includes("are handled by this process"))).toEqual([]);
});

test("a folder of state that is lost takes nothing along", async () => {
  await round("first");
  await round("second");
  rmSync(join(dir, "state"), { recursive: true });
  await round("third");
});

test("another engine makes its copy from the log, anew where it is behind, and the log's own goes on from what it did", async () => {
  await round("in the log");
  await round("a copy", besideTheLog);
  await round("a copy again", besideTheLog);
  await round("in the log again");
  await round("a copy that is gone", besideTheLog);
  await round("in memory", () => createMemoryEngine());
  await round("in the log at last");
});

test("a copy that is behind what was deleted does not keep it", async () => {
  const at = { topic: "changelog", partition: 0 };
  const backbone = await createEmbeddedBackbone({ dir });
  await backbone.ensureTopics([{ name: at.topic, partitions: 1, cleanup: "compact" }]);
  await backbone.table(at);
  const producer = await backbone.producer();
  const send = (key: string, value: string | null): Promise<void> =>
    producer.send([{ ...at, timestamp: 1, key: Buffer.from(key), value: value === null ? null : Buffer.from(value) }]);
  const engine = createLevelEngine(join(dir, "state"));
  const copied = async (): Promise<readonly string[]> => {
    await (await restoreState(backbone, besideTheLog(engine), "copy", at, () => undefined)).close();
    const database = await engine.open("copy");
    const keys = (await database.range(" ", "\u{10ffff}")).map(([key]) => key);
    await database.close();
    return keys;
  };
  const checkpoint = (changelogOffset: number): Promise<void> =>
    send("\u0001checkpoint", JSON.stringify({ positions: {}, streamTime: 1, changelogOffset }));
  await send("o.s\0a", "1");
  await send("o.s\0b", "2");
  await checkpoint(0);
  expect(await copied()).toEqual(["o.s\0a", "o.s\0b"]);
  await send("o.s\0a", null);
  await checkpoint(3);
  expect(await copied()).toEqual(["o.s\0b"]);
  await backbone.close();
});
