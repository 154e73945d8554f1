import { afterEach, expect, test } from "vitest";
import { World } from "../loop/estimate/world.ts";
import { loopstream, succeeding } from "./command.ts";

let world: World | undefined;
afterEach(() => world?.close());

test("the command measures the newest decisions of a stopped loop, as text and as JSON, and refuses what it can't", async () => {
  world = await World.open(2, 300);
  await world.stop();
  const where = ["--dir", world.dir, "--salt", "salt-2"];
  const { json } = await succeeding(where)("blueprint", "cost", "--use-case", "offers", "--decisions", "200");
  expect(json).toMatchObject({ useCase: "offers", decisions: 200, differing: 0, differences: {}, batch: 64 });
  const groups = json["groups"] as readonly { readonly kind: string; readonly features: readonly string[] }[];
  expect(groups.map(({ kind, features }) => [kind, features])).toEqual([
    ["context", ["x", "level"]],
    ["model", []],
    ["policy", []],
  ]);
  const { stdout } = await loopstream(["blueprint", "cost", "--use-case", "offers", "--decisions", "200", ...where]);
  expect(stdout).toContain(`offers ${String(json["version"])}: 200 decisions made again`);
  expect(stdout).toContain("none differs from its record");
  expect(stdout).toMatch(/^context +2 +[\d.]+ \([\d.]+–[\d.]+\)$/m);
  expect(stdout).toMatch(/^model +unknown$/m);
  expect(stdout).toContain("model: unknown, none of these decisions was made by a model");
  const other = await loopstream(["blueprint", "cost", "--use-case", "offer", ...where]);
  expect([other.code, other.stderr]).toEqual([2, expect.stringContaining("known are offers") as string]);
}, 120_000);
