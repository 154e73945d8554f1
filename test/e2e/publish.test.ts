import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { PARCELS } from "../operators/parcels.ts";
import { loopstream, temporaryDir } from "./command.ts";
import { startLoopstream } from "./running.ts";

const dir = temporaryDir();
afterAll(() => dir.remove());

const file = join(dir.path, "parcels.yaml");
const wider = join(dir.path, "wider.yaml");
writeFileSync(file, PARCELS);
writeFileSync(
  wider,
  PARCELS.replace("features:\n", "features:\n  - n_depot_2d: { count: true, of: scan, by: depot, in: 2d }\n"),
);

test("a version with new windows is published on a running loop from another process: its windows are full, and the list says which version is live", async () => {
  const where = ["--dir", join(dir.path, "data"), "--json"];
  const loop = startLoopstream(["start", "--blueprint", file, ...where]);
  try {
    await loop.says("the loop is running");
    const first = await loopstream(["blueprint", "list", ...where]);
    expect(first.json).toMatchObject([{ state: "live", since: 0, until: null }]);
    const published = await loopstream(["blueprint", "publish", wider, ...where]);
    expect(published.stderr).toMatch(/^(warming: 0 of 1 running instance ready, .*)?\s*$/);
    expect(published.json).toMatchObject({
      unchanged: false,
      partial: [],
      warming: { instances: 1, ready: 1, eventsLeft: 0 },
    });
    const listed = (await loopstream(["blueprint", "list", ...where])).json as unknown as Record<string, unknown>[];
    expect(listed.map(({ state, since, until }) => [state, since, until])).toEqual([
      ["replaced", 0, published.json["liveAfter"]],
      ["live", published.json["liveAfter"], null],
    ]);
    const asked = await loopstream([
      "decide",
      "--use-case",
      "parcels",
      "--unit",
      "anna",
      "--default",
      "false",
      "depot=north",
      ...where,
    ]);
    expect(asked.json).toMatchObject({ reason: "noModel" });
    const text = await loopstream(["blueprint", "--dir", join(dir.path, "data")]);
    expect(text.stdout).toMatch(
      /^use case +version +state +since +until\nparcels +\w+ +replaced +the beginning +20\S+Z\nparcels +\w+ +live +20\S+Z\n$/,
    );
    const both = await loopstream(["blueprint", "publish", wider, "--not-live", "--at-once", ...where]);
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining("--at-once makes it live") });
  } finally {
    loop.send("SIGTERM");
    await loop.ended();
  }
});
