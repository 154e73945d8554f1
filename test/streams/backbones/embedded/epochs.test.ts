import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connectLocally, partitionOf, prefixed, serveLocally, streamsLimits } from "../../../../streams/index.ts";
import { createEmbeddedBackbone } from "../../../../streams/backbones/embedded/index.ts";
import { isStillThere } from "../../../../streams/backbone/log-history.ts";
import { outgoing } from "../backbone-harness.ts";
import { asked, check, facts, KEYS, PARTITIONS, start } from "./counted.ts";
import { Failing } from "./failing-database.ts";
import { cutBack, writtenTo } from "./power.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "loopstream-epochs-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const opened = async (): ReturnType<typeof createEmbeddedBackbone> => {
  const backbone = await createEmbeddedBackbone({ dir });
  await backbone.ensureTopics([{ name: "a", partitions: 1, cleanup: "delete" }]);
  return backbone;
};

test("each opening that stores something is an epoch, with the end it began at; one that only reads is none", async () => {
  const epochs: string[] = [];
  for (let opening = 0; opening < 3; opening++) {
    const backbone = await opened();
    await (await backbone.producer()).send([outgoing("a", "x"), outgoing("a", "y")]);
    epochs.push((await backbone.history()).epoch);
    await backbone.close();
    const reading = await opened();
    await reading.offsets(["a"]);
    await reading.close();
  }
  const backbone = await opened();
  const { epoch, past } = await backbone.history();
  expect(past.map((each) => each.epoch)).toEqual(["", ...epochs]);
  expect(past.map(({ ends }) => ends["a/0"])).toEqual([undefined, 2, 4, 6]);
  expect(new Set([...epochs, epoch]).size).toBe(4);
  await backbone.close();
});

test("a bounded number of epochs is remembered, and what is older counts as lost", async () => {
  let first: string | undefined;
  for (let opening = 0; opening < streamsLimits.logEpochs + 2; opening++) {
    const backbone = await opened();
    await (await backbone.producer()).send([outgoing("a", "x")]);
    const history = await backbone.history();
    first ??= history.epoch;
    expect(isStillThere(history, first, { "a/0": 1 })).toBe(opening < streamsLimits.logEpochs);
    await backbone.close();
  }
});

test("other processes, and runs under other names, are told the same", async () => {
  const backbone = await opened();
  await (await backbone.producer()).send([outgoing("a", "x")]);
  await backbone.close();
  const again = await opened();
  const server = await serveLocally(again, dir);
  const client = (await connectLocally(dir))!;
  const history = await again.history();
  expect(await client.history()).toEqual(history);
  expect(history.past.at(-1)!.ends).toEqual({ "a/0": 1 });
  expect((await prefixed(again, "p.").history!()).epoch).toBe(history.epoch);
  await client.close();
  await server.close();
  await again.close();
});

test("a disk that loses acknowledged records under a running loop begins an epoch: readers are told, and the loop is right again", async () => {
  const failing = new Failing();
  const run = await start(dir, "none", failing.open);
  let n = 0;
  const tell = (): Promise<void> =>
    run.publisher.publish(
      KEYS.flatMap((key) =>
        [asked, facts].map((topic) => ({
          topic,
          key,
          value: { n: n++ },
          time: 1_700_000_000_000 + n,
          partition: partitionOf(Buffer.from(key), PARTITIONS),
        })),
      ),
    );
  await tell();
  await check(run, "before");
  const kept = writtenTo(join(dir, "log"));
  for (let round = 0; round < 5; round++) await tell();
  await check(run, "seen");
  const before = await run.backbone.history();
  const reader = await run.backbone.reader([{ topic: asked.name, partition: 0, offset: 0 }]);
  failing.onOpening = () => cutBack(join(dir, "log"), kept);
  failing.writes.push("before");
  await expect(tell()).rejects.toMatchObject({ code: "BACKBONE_UNAVAILABLE" });
  for (;;) {
    try {
      await tell();
      break;
    } catch (error) {
      expect(error).toMatchObject({ flags: { retry: true } });
    }
  }
  await expect(reader.poll(0)).rejects.toMatchObject({ code: "BACKBONE_UNAVAILABLE" });
  await reader.close();
  await check(run, "after");
  const after = await run.backbone.history();
  expect(after.epoch).not.toBe(before.epoch);
  expect(run.failures).toEqual([]);
  await run.application.close();
  await run.backbone.close();
});

test("a topic that is made anew has another number, which no other topic ever has", async () => {
  const backbone = await opened();
  const numbers = async (): Promise<Readonly<Record<string, number>>> => (await backbone.history()).topics!;
  const first = await numbers();
  await backbone.remove(["a"]);
  expect(await numbers()).toEqual({});
  await backbone.ensureTopics(["b", "a"].map((name) => ({ name, partitions: 1, cleanup: "delete" })));
  const second = await numbers();
  expect(new Set([first["a"], second["a"], second["b"]]).size).toBe(3);
  await backbone.close();
  const again = await opened();
  expect((await again.history()).topics).toEqual(second);
  await again.close();
});
