import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { openSpill } from "../../../rows/index.ts";

const folders = async (): Promise<readonly string[]> =>
  (await readdir(tmpdir())).filter((name) => name.startsWith("loopstream-spill-"));

test("what is put aside comes back from where it was, and has no name meanwhile, so that nothing is left after a kill", async () => {
  const before = await folders();
  const spill = await openSpill();
  for (const text of ["first", "second", "third"]) await spill.write(Buffer.from(text));
  expect(await folders()).toEqual(before);
  const into = Buffer.alloc(6);
  expect(await spill.read(into, 5)).toBe(6);
  expect(into.toString()).toBe("second");
  expect(await spill.read(into, 11)).toBe(5);
  expect(await spill.read(into, 16)).toBe(0);
  await spill.write(Buffer.from("!"));
  expect(await spill.read(into, 16)).toBe(1);
  await spill.close();
});
