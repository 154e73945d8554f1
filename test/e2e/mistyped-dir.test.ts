import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loopstream, temporaryDir } from "./command.ts";

const dir = temporaryDir();
afterAll(() => dir.remove());

test.each([
  [["rows", "--use-case", "shop"]],
  [["decisions", "--use-case", "shop"]],
  [["topics"]],
  [["topics", "repartition", "--partitions", "2"]],
  [["models"]],
  [["blueprint", "list"]],
  [["audit"]],
  [["replay", "--use-case", "shop"]],
  [["observe", "d1", "amount=1"]],
  [["decide", "--use-case", "shop", "--unit", "u"]],
])("%j in a directory without a log says so, and makes none", { timeout: 900_000 }, async (command) => {
  const mistyped = join(dir.path, command.join("-"));
  const { code, json, stderr } = await loopstream([...command, "--json", "--dir", mistyped]);
  expect(json["error"], stderr).toContain(`dir ${mistyped}: there is no log of loopstream there`);
  expect([code, json["code"]]).toEqual([2, "BAD_SETTING"]);
  expect(existsSync(mistyped)).toBe(false);
});
