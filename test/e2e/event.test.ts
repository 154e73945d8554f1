import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { SHOP } from "../loop/history/shop.ts";
import { loopstream, temporaryDir } from "./command.ts";

const dir = temporaryDir();
afterAll(() => dir.remove());

test(
  "an event from the command line is stored as it is said, and a kind that no blueprint knows is told",
  { timeout: 900_000 },
  async () => {
    const where = ["--dir", dir.path];
    const blueprint = join(dir.path, "shop.yaml");
    writeFileSync(blueprint, SHOP);
    await loopstream(["blueprint", "publish", blueprint, ...where]);
    const time = "2026-01-01T10:00:00Z";
    const said = await loopstream(["event", "visit", "store=0042", "amount=3", "--time", time, ...where]);
    expect([said.code, said.stdout, said.stderr]).toEqual([0, "recorded visit\n", ""]);
    const misspelt = await loopstream(["event", "vist", "store=S1", ...where, "--json"]);
    expect(misspelt.code).toBe(0);
    expect(misspelt.stderr).toContain("no blueprint knows events of kind vist; is it visit?");
    expect(misspelt.json).toEqual({ ok: true, kind: "vist" });
    const { stdout } = await loopstream(["topics", "read", "events", ...where]);
    const [first] = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(first).toMatchObject({ value: { kind: "visit", attributes: { store: "0042", amount: 3 } } });
  },
);
