import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inspectClosed } from "../../../streams/leveldb/inspect-closed.ts";

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), "loopstream-inspect-"))));
afterEach(() => rmSync(dir, { recursive: true }));

test("a folder that somebody opens and closes all the while, whose files come and go, can be looked at", async () => {
  const first = new ClassicLevel(dir);
  await first.put("a", "b");
  await first.close();
  let working = true;
  const work = (async () => {
    for (let turn = 0; turn < 150; turn++) {
      const level = new ClassicLevel(dir);
      // Whoever looks may have the lock for a moment.
      const opened = await level.open().then(
        () => true,
        () => false,
      );
      if (!opened) continue;
      await level.put(`k${turn}`, "v");
      await level.close();
    }
    working = false;
  })();
  let looks = 0;
  while (working) {
    const seen = await inspectClosed(dir);
    expect(["sound", undefined]).toContain(seen?.kind);
    looks++;
  }
  await work;
  expect(looks).toBeGreaterThan(10);
});
