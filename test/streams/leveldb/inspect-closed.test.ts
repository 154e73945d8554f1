import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inspectClosed } from "../../../streams/leveldb/inspect-closed.ts";

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), "loopstream-inspect-"))));
afterEach(() => rmSync(dir, { recursive: true }));

test("a folder that somebody works on, whose files go while they are looked at, is left to its opening to say so", async () => {
  const level = new ClassicLevel(dir);
  await level.put("a", "b");
  for (const file of readdirSync(dir)) if (file.startsWith("MANIFEST")) rmSync(join(dir, file));
  expect(await inspectClosed(dir)).toBeUndefined();
  await level.close();
});

test("a folder that nobody has open is what it is", async () => {
  const level = new ClassicLevel(dir);
  await level.put("a", "b");
  await level.close();
  expect(await inspectClosed(dir)).toMatchObject({ kind: "sound" });
});
