import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { PARCELS } from "../operators/parcels.ts";
import { loopstream, temporaryDir, type Ran } from "./command.ts";
import { startLoopstream } from "./running.ts";

const dir = temporaryDir();
afterAll(() => dir.remove());

const later = PARCELS.replace("wait: 2h", "wait: 5h");
const narrow = PARCELS.replace("  - carrier\n", "");
// The name stays and the meaning does not.
const edited = PARCELS.replace("by: depot, in: 1h }\n  - n_", "by: depot, in: 2h }\n  - n_");
const texts = { first: PARCELS, later, narrow, edited };
const file = (name: keyof typeof texts): string => join(dir.path, `${name}.yaml`);
const version = (name: keyof typeof texts): string => parseBlueprint(texts[name]).version;
const where = ["--dir", join(dir.path, "data")];
const blueprint = (...words: string[]): Promise<Ran> => loopstream(["blueprint", ...words, ...where, "--json"]);

beforeAll(async () => {
  for (const name of Object.keys(texts) as (keyof typeof texts)[]) {
    writeFileSync(file(name), texts[name]);
    const more = name === "first" ? [] : ["--not-live"];
    expect(await blueprint("publish", file(name), ...more)).toMatchObject({ code: 0 });
  }
});

test("diff names what changes, between versions and files", async () => {
  const { json } = await blueprint("diff", "parcels", version("first"), file("later"));
  expect(json).toMatchObject({ before: version("first"), after: version("later") });
  expect((json["changes"] as { text: string }[]).map(({ text }) => text)).toEqual(["label.wait: 2h → 5h"]);
  const text = await loopstream(["blueprint", "diff", "parcels", version("first"), version("first"), ...where]);
  expect(text.stdout).toBe(`${version("first")} and ${version("first")} mean the same\n`);
});

test("a subset may train on the larger one's rows; another label and an edited feature with its old name may not", async () => {
  const { json } = await blueprint("compatible", "parcels", version("narrow"));
  const told = json["versions"] as { version: string; ok: boolean; reason: string }[];
  const of = (name: keyof typeof texts) => told.find((each) => each.version === version(name))!;
  expect([of("first").ok, of("narrow").ok, of("later").ok, of("edited").ok]).toEqual([true, true, false, false]);
  expect(of("later").reason).toBe("label.wait: 2h here, 5h there");
  expect(of("edited").reason).toContain("changed its meaning");
  const larger = await blueprint("compatible", "parcels", file("first"));
  expect(larger.json["versions"]).toContainEqual(
    expect.objectContaining({
      version: version("narrow"),
      ok: false,
      reason: "features.carrier: not logged there",
    }),
  );
});

test("promote makes a stored version live, rollback the one before, and each decision names the version that answered", async () => {
  const loop = startLoopstream(["start", ...where, "--json"]);
  try {
    await loop.says("the loop is running");
    const asked = ["decide", "--use-case", "parcels", "--unit", "anna", "--default", "false", "depot=north"];
    const ask = async (): Promise<unknown> => (await loopstream([...asked, ...where, "--json"])).json["blueprint"];
    expect(await ask()).toBe(version("first"));
    expect((await blueprint("promote", "parcels", version("narrow"))).json).toMatchObject({
      version: version("narrow"),
      unchanged: false,
    });
    expect(await ask()).toBe(version("narrow"));
    expect((await blueprint("rollback", "parcels")).json).toMatchObject({
      version: version("first"),
      replaced: version("narrow"),
    });
    expect(await ask()).toBe(version("first"));
    const again = await loopstream(["blueprint", "rollback", "parcels", ...where]);
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining(`parcels ${version("narrow")} is live`)]);
    expect(again.stdout).toContain(`from version ${version("first")} back to ${version("narrow")}`);
    expect(await ask()).toBe(version("narrow"));
  } finally {
    loop.send("SIGTERM");
    await loop.ended();
  }
});

test("a version, a use case and a file that are not there are named, with what was meant", async () => {
  const mistyped = `${version("first").slice(0, -1)}x`;
  for (const [words, code, message] of [
    [["show", "parcels", mistyped], "UNKNOWN_VERSION", `did you mean ${version("first")}?`],
    [["promote", "parcels", mistyped], "UNKNOWN_VERSION", `did you mean ${version("first")}?`],
    [
      ["diff", "parcels", version("first"), "gone.yaml"],
      "BAD_FILE",
      "gone.yaml is not there, neither as a file nor as a version",
    ],
    [["compatible", "parcel", version("first")], "UNKNOWN_USE_CASE", "known are parcels"],
    [["rollback", "parcel"], "UNKNOWN_USE_CASE", "known are parcels"],
    [["diff", "other", file("first"), file("later")], "BAD_FILE", 'of use case "parcels", not of "other"'],
  ] as const) {
    const { code: exit, json, stderr } = await blueprint(...words);
    expect({ exit: exit !== 0, json, stderr }, words.join(" ")).toMatchObject({
      exit: true,
      json: { code },
      stderr: expect.stringContaining(message) as string,
    });
  }
  const only = join(dir.path, "only");
  await loopstream(["blueprint", "publish", file("first"), "--dir", only]);
  expect(await loopstream(["blueprint", "rollback", "parcels", "--dir", only])).toMatchObject({
    code: expect.any(Number) as number,
    stderr: expect.stringContaining(`was live before ${version("first")}`) as string,
  });
});
