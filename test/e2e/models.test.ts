import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTools } from "../../loop/index.ts";
import { models } from "../../schemas/index.ts";
import { createEmbeddedBackbone } from "../../streams/index.ts";
import { inProduction } from "../operators/parcels.ts";
import { loopstream, temporaryDir } from "./command.ts";

const dir = temporaryDir();
const where = ["--dir", join(dir.path, "data")];
afterAll(() => dir.remove());

beforeAll(async () => {
  const backbone = await createEmbeddedBackbone({ dir: join(dir.path, "data") });
  const tools = await openTools({ backbone, registry: backbone.registry, partitions: 4, codeVersion: "test" });
  const trained = [{ state: "trained", time: 2, reason: "test", share: null, by: "unit", ladder: false }] as const;
  const records = [inProduction("a", 1), inProduction("b", 2, trained)];
  await tools.publisher.publish(records.map((record) => ({ topic: models, ...record })));
  await tools.close();
  await backbone.close();
});

test("a model goes from shadow by a canary's shares to production, as the list says, and a move that is none is refused", async () => {
  const run = (...args: readonly string[]) => loopstream(["models", ...args, ...where]);
  const states = async (): Promise<readonly string[]> =>
    (await run("list")).stdout
      .split("\n")
      .flatMap((line) => /parcels\s+(?:a|b)\s+\S+\s+(\w+(?: [\d.]+%)?)/.exec(line)?.[1] ?? []);
  expect((await run("shadow", "b")).stdout).toContain("b is shadow");
  expect(await states()).toEqual(["production", "shadow"]);
  expect((await run("canary", "b", "--share", "5%", "--reason", "a trial")).stdout).toContain("b is canary 5%");
  expect((await run("canary", "b", "--share", "0.125")).stdout).toContain("b is canary 12.5%");
  expect(await states()).toEqual(["production", "canary 12.5%"]);
  const whole = await run("canary", "b", "--share", "100%");
  expect(whole.code).not.toBe(0);
  expect(whole.stderr).toContain("a share is above 0 % and below 100 %");
  expect((await run("canary", "b")).stderr).toContain("--share is missing");
  const refused = await run("shadow", "a");
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('model a of use case "parcels" is production and can\'t become shadow');
  const promoted = await run("promote", "b");
  expect(promoted.stdout).toContain("b is production");
  expect(promoted.stderr).toContain("no decision goes by b: its version");
  expect(await states()).toEqual(["retired", "production"]);
}, 900_000);
