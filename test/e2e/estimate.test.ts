import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { START, TARGET, World } from "../loop/estimate/world.ts";
import { loopstream, succeeding } from "./command.ts";

let world: World | undefined;
afterEach(() => world?.close());

const timeOf = (request: number): string => new Date(START + request * 30_000).toISOString();

test("the command estimates a file's version by the topics, tells it as text and JSON, and refuses thin support with its exit code", async () => {
  world = await World.open(2, 1_600);
  await world.stop();
  const file = join(world.dir, "target.yaml");
  await writeFile(file, TARGET);
  const span = ["--from", timeOf(900), "--to", timeOf(1_600)];
  const run = succeeding(["--dir", world.dir]);
  const { json } = await run("blueprint", "estimate", file, ...span, "--salt", "salt-2");
  expect(json).toMatchObject({ useCase: "offers", refused: [], rewarded: 700, missing: [], model: { trained: true } });
  const { DR } = json["estimates"] as Record<string, { readonly value: number; readonly interval: readonly number[] }>;
  expect(DR!.interval[0]).toBeLessThan(DR!.value);

  const text = await loopstream(["blueprint", "estimate", file, ...span, "--salt", "salt-2", "--dir", world.dir]);
  expect(text.stdout).toContain(`DR         ${DR!.value.toPrecision(4)}`);
  expect(text.stdout).toMatch(/model [0-9a-f]{16}, its own at the time: better than a constant/);
  // The version that is live still decides.
  const { stdout } = await loopstream(["blueprint", "list", "--dir", world.dir]);
  expect(stdout).toMatch(new RegExp(`${String(json["policy"])}.*not live`));

  const thin = await loopstream([
    "blueprint",
    "estimate",
    file,
    "--from",
    timeOf(1_540),
    "--to",
    timeOf(1_600),
    "--dir",
    world.dir,
  ]);
  expect([thin.code, thin.stdout]).toEqual([6, expect.stringContaining("refused:") as string]);
  const early = await loopstream([
    "blueprint",
    "estimate",
    file.replace("target", "gone"),
    ...span,
    "--dir",
    world.dir,
  ]);
  expect([early.code, early.stderr]).toEqual([2, expect.stringContaining("gone.yaml") as string]);
}, 240_000);
