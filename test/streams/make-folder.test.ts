import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { makeFolder } from "../../streams/private-files.ts";

const dir = mkdtempSync(join(tmpdir(), "loopstream-folder-"));
afterAll(() => rmSync(dir, { recursive: true }));

test("a folder is made with those above it, for this user alone, and once", () => {
  const folder = join(dir, "a", "b", "c");
  makeFolder(folder);
  makeFolder(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  symlinkSync(folder, join(dir, "there"));
  makeFolder(join(dir, "there"));
});

test("a folder that can't be made is a BAD_DIRECTORY at once, with its name and the reason", () => {
  writeFileSync(join(dir, "file"), "");
  symlinkSync(join(dir, "nothing"), join(dir, "dangling"));
  const refused = (path: string, reason: RegExp): void => {
    expect(() => makeFolder(path)).toThrow(expect.objectContaining({ code: "BAD_DIRECTORY" }));
    expect(() => makeFolder(path)).toThrow(path);
    expect(() => makeFolder(path)).toThrow(reason);
  };
  refused(join(dir, "file"), /a file or a broken link/);
  refused(join(dir, "file", "below"), /a file or a broken link/);
  refused(join(dir, "dangling"), /a file or a broken link/);
  expect(existsSync(join(dir, "nothing"))).toBe(false);
});

// With `recursive`, Node's own call does not return from this.
test.runIf(existsSync("/proc/self"))("nor does a file system without room for folders hold it up", () => {
  expect(() => makeFolder("/proc/nope/below")).toThrow(expect.objectContaining({ code: "BAD_DIRECTORY" }));
});
