import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEmbeddedBackbone } from "../../../../streams/backbones/embedded/index.ts";
import { bytes, outgoing, readAll } from "../backbone-harness.ts";
import { asked, check, facts, KEYS, PARTITIONS, start } from "./counted.ts";
import { canMount, mountSmallDisk, type SmallDisk } from "./small-disk.ts";
import { partitionOf } from "../../../../streams/index.ts";

const possible = canMount();
if (!possible) console.warn("SKIPPED: no small disk can be mounted here, so a full one is not tried");

describe.skipIf(!possible)("on a disk that fills and is freed", () => {
  let disk: SmallDisk;
  beforeAll(() => {
    disk = mountSmallDisk(24);
  });
  afterAll(() => disk.close());

  test("what was acknowledged is there, without a gap, after the failure and after a close", async () => {
    const { path: dir } = disk;
    let backbone = await createEmbeddedBackbone({ dir });
    await backbone.ensureTopics([{ name: "a", partitions: 1, cleanup: "delete" }]);
    const producer = await backbone.producer();
    const acknowledged: string[] = [];
    const refused: unknown[] = [];
    const send = async (key: string, size: number): Promise<boolean> => {
      try {
        await producer.send([outgoing("a", "", { key: bytes(key), value: randomBytes(size) })]);
        acknowledged.push(key);
        return true;
      } catch (error) {
        refused.push(error);
        return false;
      }
    };
    disk.fill(700_000);
    for (let n = 0; refused.length === 0; n++) await send(`before ${n}`, 30_000);
    for (let n = 0; n < 20; n++) await send(`full ${n}`, 200);
    disk.free();
    // The log is opened anew within a moment; whoever is told to try again may do so.
    for (let n = 0; !(await send(`free ${n}`, 200)); n++) await delay(20);
    for (let n = 0; n < 5; n++) expect(await send(`after ${n}`, 200)).toBe(true);

    for (const error of refused) {
      expect(error).toMatchObject({ code: "BACKBONE_UNAVAILABLE", flags: { retry: true } });
      expect((error as Error).message).toContain("No space left on device");
    }
    for (let round = 0; round < 2; round++) {
      const records = (await readAll(backbone, "a")).get("a/0")!;
      const keys = records.map(({ key }) => Buffer.from(key!).toString());
      expect(records.map(({ offset }) => offset)).toEqual(records.map((_, at) => at));
      expect(acknowledged.filter((key) => !keys.includes(key))).toEqual([]);
      await backbone.close();
      backbone = await createEmbeddedBackbone({ dir });
    }
    await backbone.close();
  });

  test("a log that can't be opened for want of space says so, and opens later with all it had", async () => {
    const dir = `${disk.path}/second`;
    const first = await createEmbeddedBackbone({ dir });
    await first.ensureTopics([{ name: "a", partitions: 1, cleanup: "delete" }]);
    await (await first.producer()).send([outgoing("a", "1")]);
    await first.close();
    disk.fill(0);
    await expect(createEmbeddedBackbone({ dir })).rejects.toMatchObject({
      code: "BACKBONE_UNAVAILABLE",
      message: expect.stringContaining("No space left on device") as string,
    });
    disk.free();
    const again = await createEmbeddedBackbone({ dir });
    expect((await readAll(again, "a")).get("a/0")).toHaveLength(1);
    await again.close();
  });
});

describe.skipIf(!possible)("a loop on a disk that fills and is freed", () => {
  let disk: SmallDisk;
  beforeAll(() => {
    disk = mountSmallDisk(48);
  });
  afterAll(() => disk.close());

  test("goes on by itself, answers every request that the log took, once and in turn, and remembers it after a restart", async () => {
    const dir = disk.path;
    let run = await start(dir);
    const ask = async (n: number, padding: number): Promise<boolean> => {
      const key = KEYS[n % KEYS.length]!;
      const partition = partitionOf(Buffer.from(key), PARTITIONS);
      const headers = { padding: Buffer.alloc(padding, n) };
      const records = [asked, facts].map((topic) => ({
        topic,
        key,
        value: { n },
        time: 1_700_000_000_000 + n,
        partition,
        headers,
      }));
      return run.publisher.publish(records).then(
        () => true,
        () => false,
      );
    };
    let n = 0;
    for (; n < 50; n++) expect(await ask(n, 100)).toBe(true);
    await check(run, "before");
    disk.fill(600_000);
    let refused = 0;
    for (; refused < 20; n++) if (!(await ask(n, 20_000))) refused++;
    disk.free();
    for (let taken = 0; taken < 20; n++) if (await ask(n, 100)) taken++;
    await check(run, "after");
    expect(run.failures).toEqual([]);
    await run.application.close();
    await run.backbone.close();
    run = await start(dir);
    await check(run, "after a restart");
    await run.application.close();
    await run.backbone.close();
  });
});
