import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PARCELS } from "../operators/parcels.ts";
import { loopstream, temporaryDir } from "./command.ts";
import { startLoopstream } from "./running.ts";

const dir = temporaryDir();
const place = ["--dir", join(dir.path, "state")];
beforeAll(async () => {
  const file = join(dir.path, "parcels.yaml");
  writeFileSync(file, PARCELS);
  expect((await loopstream(["blueprint", "publish", file, ...place])).code).toBe(0);
}, 900_000);
afterAll(() => dir.remove());

const ask = ["decide", "--use-case", "parcels", "--unit", "u", "--default", "true", ...place];

test("a misspelt entry is decided without, and warned of on stderr with the name that was meant", async () => {
  const decided = await loopstream([...ask, "--timeout", "60000", "--json", "wieght=3", "carrier=air"]);
  expect(decided.code).toBe(0);
  expect(decided.json).toMatchObject({ reason: "noModel", error: null });
  expect(decided.stderr).toContain('context entry \\"wieght\\" of use case parcels');
  expect(decided.stderr).toContain('did you mean \\"weight\\"?');
}, 900_000);

test("with --strict it is refused before it is sent", async () => {
  const decided = await loopstream([...ask, "--timeout", "60000", "--strict", "wieght=3"]);
  expect(decided.code).toBe(1);
  expect(decided.stdout).toContain('the blueprint has no entry "wieght" (did you mean "weight"?)');
  const observed = await loopstream(["observe", "d", "--strict", "--use-case", "parcels", "dely=3", ...place]);
  expect(observed.code).toBe(1);
  expect(observed.stderr).toContain('did you mean "delay"?');
  const happened = await loopstream(["event", "scann", "--strict", "depot=north", ...place]);
  expect(happened.code).toBe(1);
  expect(happened.stderr).toContain('no blueprint knows events of kind "scann" (did you mean "scan"?)');
}, 900_000);

test("observe says which of its values count for nothing, and stores them all the same", async () => {
  const observed = await loopstream(["observe", "d", "--use-case", "parcels", "dely=3", ...place]);
  expect([observed.code, observed.stdout.trim()]).toEqual([0, "observed d"]);
  expect(observed.stderr).toContain('the blueprint has no entry "dely" (did you mean "delay"?): it counts for nothing');
  const fits = await loopstream(["observe", "d", "--use-case", "parcels", "delay=3", ...place]);
  expect([fits.code, fits.stderr]).toEqual([0, ""]);
}, 900_000);

test("decide says it too where another process runs the loop", async () => {
  const running = startLoopstream(["start", ...place]);
  try {
    await running.says("the loop is running");
    const decided = await loopstream([...ask, "--timeout", "60000", "wieght=3"]);
    expect(decided.code).toBe(0);
    expect(decided.stderr).toContain(
      'the blueprint has no entry "wieght" (did you mean "weight"?): it counts for nothing',
    );
  } finally {
    running.send("SIGTERM");
    await running.ended();
  }
}, 900_000);
