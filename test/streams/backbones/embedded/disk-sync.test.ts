import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  DiskSync,
  SYNC_INTERVAL_MS,
  syncModes,
  type SyncMode,
} from "../../../../streams/backbones/embedded/disk-sync.ts";
import { createEmbeddedBackbone, type LogDatabase } from "../../../../streams/backbones/embedded/index.ts";
import { outgoing, readAll } from "../backbone-harness.ts";
import { Failing } from "./failing-database.ts";
import { eventually } from "../../../eventually.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "loopstream-disk-sync-"));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(dir, { recursive: true, force: true });
});

function watched(mode: SyncMode): { sync: DiskSync; synced: boolean[]; failures: unknown[] } {
  const synced: boolean[] = [];
  const failures: unknown[] = [];
  const database = {
    batch: () => ({
      write: async (options: { sync?: boolean }) => void synced.push(options.sync === true),
    }),
  } as unknown as LogDatabase;
  return {
    sync: new DiskSync({ database, path: dir, mode, failed: (error) => failures.push(error) }),
    synced,
    failures,
  };
}

test("with each, every write is on the disk before it is acknowledged; otherwise only what has to be", async () => {
  for (const mode of syncModes) {
    const { sync, synced } = watched(mode);
    await sync.write([], false);
    await sync.write([], true);
    expect(synced).toEqual([mode === "each", true]);
    await sync.close();
  }
});

test("with interval, what was written is synced once the interval is over, and a disk that refuses is a failure", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  // Nobody can sync this log: it is a folder.
  mkdirSync(join(dir, "000001.log"));
  const { sync, failures } = watched("interval");
  await sync.write([], false);
  await vi.advanceTimersByTimeAsync(SYNC_INTERVAL_MS - 1);
  expect(failures).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  await eventually(() => expect(failures).toHaveLength(1));
  rmSync(join(dir, "000001.log"), { recursive: true });
  writeFileSync(join(dir, "000002.log"), "");
  sync.forget();
  await sync.write([], false);
  await vi.advanceTimersByTimeAsync(SYNC_INTERVAL_MS);
  await sync.close();
  expect(failures).toHaveLength(1);
});

test("a disk that refuses to sync at close is an error of close, whatever the mode", async () => {
  mkdirSync(join(dir, "000001.log"));
  for (const mode of ["interval", "none"] as const) {
    const { sync } = watched(mode);
    await sync.write([], false);
    await expect(sync.close()).rejects.toThrow("EISDIR");
  }
});

test.each(syncModes)("with %s, a log keeps what it acknowledged over failures and a close", async (mode) => {
  const failing = new Failing();
  const open = (): ReturnType<typeof createEmbeddedBackbone> =>
    createEmbeddedBackbone({ dir, sync: mode, database: failing.open });
  const backbone = await open();
  await backbone.ensureTopics([{ name: "a", partitions: 1, cleanup: "delete" }]);
  const producer = await backbone.producer();
  let acknowledged = 0;
  for (let n = 0; n < 30; n++) {
    if (n % 10 === 5) failing.writes.push("before");
    await producer.send([outgoing("a", String(n))]).then(
      () => acknowledged++,
      () => undefined,
    );
  }
  await backbone.close();
  const again = await open();
  expect((await readAll(again, "a")).get("a/0")).toHaveLength(acknowledged);
  await again.close();
});
