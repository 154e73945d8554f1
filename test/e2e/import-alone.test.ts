import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { alone } from "../../cli/process/alone.ts";
import { shopFiles, shopLines, SHOP } from "../loop/history/shop.ts";
import { loopstream, temporaryDir } from "./command.ts";

const dir = temporaryDir();
afterAll(() => dir.remove());

test(
  "an import beside another one of its use case ends at once and says so; when that one has ended, it works",
  { timeout: 900_000 },
  async () => {
    const home = join(dir.path, "home");
    const at = ["--dir", home, "--json"];
    const blueprint = join(dir.path, "shop.yaml");
    writeFileSync(blueprint, SHOP);
    expect((await loopstream(["blueprint", "publish", blueprint, ...at])).code).toBe(0);
    const files = shopFiles(dir.path, "shop", shopLines(5));
    const command = ["import", "--use-case", "shop", "--decisions", files.decisions, ...at];
    const letGo = (await alone(home, "import-shop"))!;
    const refused = await loopstream(command);
    expect([refused.code, refused.stderr]).toEqual([
      3,
      expect.stringMatching(/another import of shop is at work in .*: wait for its end/),
    ]);
    await letGo();
    expect((await loopstream(command)).json).toMatchObject({ decisions: 5 });
  },
);
