import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loopstream, root, temporaryDir } from "./command.ts";

type Printed = Readonly<Record<string, unknown>>;
interface Model {
  readonly expected: string;
  readonly actual: string;
  readonly header: string;
  readonly problem: null;
}

const dir = temporaryDir();
const at = ["--dir", join(dir.path, "demo")];
let demo: Awaited<ReturnType<typeof loopstream>>;

beforeAll(async () => {
  demo = await loopstream(["demo", "--once", "--json", "--until", "2013-01-12", "--dir", dir.path]);
  expect(demo.code, demo.stderr).toBe(0);
}, 900_000);
afterAll(() => dir.remove());

test("the demo's rows are the ones they always were", () => {
  expect(demo.json["rowsSha256"]).toBe("c5b398c1519119e00aa04126c4d08bce0323bc24e804a83474f358ed0b4dd933");
});

test("docs/audit.md: its commands run on the demo and find nothing wrong", { timeout: 900_000 }, async () => {
  const page = readFileSync(join(root, "docs/audit.md"), "utf8");
  const commands = [...page.matchAll(/^npm run -s loopstream -- (.+)$/gm)].map((match) => match[1]!.split(" "));
  const printed: Printed[] = [];
  for (const command of commands) {
    const words = command.slice(0, command.indexOf("--dir"));
    const { code, json, stderr } = await loopstream([...words, "--json", ...at]);
    expect(code, `${command.join(" ")}\n${stderr}`).toBe(0);
    printed.push(json);
  }
  const [audited, explained, one, all] = printed as [Printed, Printed, Printed & Model, { rebuilt: Model[] }];
  expect(audited).toMatchObject({ share: 0.01, differing: 0, counts: {}, differences: [] });
  expect(explained).toMatchObject({ equal: true, sourcesBefore: true, differences: [], later: { models: 9 } });
  expect(explained["features"]).toHaveLength(32);
  expect(all.rebuilt).toHaveLength(9);
  for (const { expected, actual, header, problem } of [one, ...all.rebuilt]) {
    expect([actual, header, problem]).toEqual([expected, "equal", null]);
  }
});

test("every decision comes out equal, made by any of the models or none", { timeout: 900_000 }, async () => {
  const { code, json, stderr } = await loopstream(["audit", "--sample", "100%", "--json", ...at]);
  expect(code, stderr).toBe(0);
  expect(json).toMatchObject({ sampled: 9_679, recomputed: 9_679, differing: 0, counts: {}, differences: [] });
});

test("the exit code is 1 when there is a difference, here of every seed", { timeout: 900_000 }, async () => {
  const { code, json } = await loopstream(["audit", "--sample", "0.5%", "--salt", "another", "--json", ...at]);
  const { sampled, counts } = json as { sampled: number; counts: Record<string, number> };
  expect([code, counts]).toEqual([1, { seed: sampled }]);
  expect(sampled).toBeGreaterThan(20);
});

test(
  "a decision that was not made, a use case nobody has and a share that is none are errors",
  { timeout: 900_000 },
  async () => {
    const nobody = await loopstream(["explain", "nobody", ...at]);
    expect([nobody.code, nobody.stderr]).toEqual([
      2,
      "loopstream: there is no decision nobody on the topic decisions\n",
    ]);
    const letters = await loopstream(["audit", "--use-case", "letters", ...at]);
    expect([letters.code, letters.stderr]).toEqual([
      2,
      'loopstream: there is no use case "letters"; known are flight-delays\n',
    ]);
    expect((await loopstream(["audit", "--sample", "2", ...at])).code).toBe(2);
  },
);
