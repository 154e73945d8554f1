import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { random } from "../blueprints/random.ts";
import { loopstream, succeeding, temporaryDir } from "../e2e/command.ts";
import { linesOf } from "./lines.ts";

const dir = temporaryDir();
afterAll(() => dir.remove());
const path = (name: string): string => join(dir.path, name);
const file = (name: string, text: string): string => {
  writeFileSync(path(name), text);
  return path(name);
};
const jsonl = (all: readonly object[]): string => all.map((one) => `${JSON.stringify(one)}\n`).join("");

const REST = `observations: { reward: number }
label: { name: reward, value: reward, wait: 10m }
model: { objective: regression }
join: { ttl: 1d }
`;
const OFFERS = `useCase: offers
decisionSpace: { options: { price: number, fresh: boolean, maker: category } }
context: { budget: number, plan: category, member: boolean }
features: [budget, plan, member, price, fresh, maker, option]
policy: { choose: 0 - price }
exploration: { softmax: 40, floor: 0.01 }
${REST}`;
/** Some requests name a part of the actions. */
const PAGES = `useCase: pages
decisionSpace: { actions: [home, "0042", "a b"] }
context: { budget: number }
features: [budget, option]
policy: { choose: 'if(option == "home", 1, 0)' }
exploration: { softmax: 1 }
${REST}`;
const LEVELS = `useCase: levels
decisionSpace: { actions: [low, middle, high] }
context: { budget: number }
features: [budget]
policy: { decide: 'if(budget > 50, "low", "high")' }
exploration: { uniform: true }
${REST}`;
const REMIND = `useCase: remind
decisionSpace: boolean
context: { budget: number }
features: [budget]
policy: { decide: budget > 50 }
exploration: { uniform: true }
learning: { holdout: 0.3, baseline: budget > 20 }
${REST}`;

const COUNT = 120;
const next = random(5);
const times = Array.from({ length: COUNT }, (_, i) => new Date(Date.UTC(2026, 2, 8, 10) + 61_007 * i).toISOString());
const decisions = (useCase: string): readonly object[] =>
  times.map((decision_ts, i) => ({
    ...{ decision_id: `${useCase} ${i}`, decision_ts, user: `u-${i % 9}` },
    ...{ budget: 100 * next(), plan: ["free", "1.0", null][i % 3], member: i % 2 === 0 },
    ...(useCase === "offers"
      ? {
          candidates: Array.from({ length: 2 + (i % 4) }, (_, at) => ({
            optionId: ["o-1", "0042", "c d", 'q"ü', "e"][at],
            context: { price: i % 5 === 0 ? null : 1 / (1 + next()), fresh: at % 2 === 0, maker: `m|${at}:` },
          })),
        }
      : {}),
    ...(useCase === "pages" && i % 2 === 0 ? { candidates: ["a b", "home"] } : {}),
  }));
const rewards = (useCase: string): readonly { readonly reward: number }[] =>
  times.map((event_ts, i) => ({
    ...{ decision_id: `${useCase} ${i}`, event_ts, reward: i % 7 === 0 ? 0 : next() - 0.5 },
  }));

describe("what was exported, imported and exported again is the same to the letter", () => {
  test.each([
    ["a choice among options of the request", OFFERS, 5],
    ["a choice among actions of which requests name a part", PAGES, 3],
    ["a value among actions", LEVELS, 3],
    ["a value of true or false, with a hold-out", REMIND, 2],
  ])("%s", { timeout: 120_000 }, async (_, text, most) => {
    const useCase = /^useCase: (.*)/.exec(text)![1]!;
    const first = succeeding(["--dir", path(`${useCase}-1`)]);
    await first("blueprint", "publish", file(`${useCase}.yaml`, text));
    const asked = ["--decisions", file(`${useCase}.jsonl`, jsonl(decisions(useCase)))];
    const worth = rewards(useCase);
    const observed = ["--observations", file(`${useCase}-o.jsonl`, jsonl(worth))];
    const candidates = useCase === "pages" ? ["--candidates", "candidates"] : [];
    await first("import", "--use-case", useCase, ...asked, ...observed, ...candidates, "--unit", "user");
    const told = await first("rows", "--use-case", useCase, "--out", path(`${useCase}-1.dsjson`));
    expect(told.json).toMatchObject({ decisions: COUNT, leftOut: {} });

    const second = succeeding(["--dir", path(`${useCase}-2`)]);
    await second("blueprint", "publish", path(`${useCase}.yaml`));
    const imported = await second("import", "--use-case", useCase, "--dsjson", path(`${useCase}-1.dsjson`));
    expect(imported.json).toMatchObject({ decisions: COUNT, observations: COUNT, badLines: 0, absent: [] });
    expect(imported.stderr).toBe("");
    await second("rows", "--use-case", useCase, "--out", path(`${useCase}-2.dsjson.gz`));
    expect(linesOf(path(`${useCase}-2.dsjson.gz`))).toEqual(linesOf(path(`${useCase}-1.dsjson`)));

    const again = await second("import", "--use-case", useCase, "--dsjson", path(`${useCase}-1.dsjson`));
    expect(again.json).toMatchObject({ decisions: 0, observations: 0, known: 2 * COUNT });

    const lines = linesOf(path(`${useCase}-1.dsjson`));
    expect(Math.max(...lines.map(({ p }) => p.length))).toBe(most);
    expect(new Set(lines.map(({ _labelIndex }) => _labelIndex)).size).toBe(most);
    expect(lines.map(({ Timestamp }) => Timestamp)).toEqual(times);
    expect(lines.map(({ _label_cost }) => 0 - _label_cost)).toEqual(worth.map(({ reward }) => reward));
    expect(new Set(lines.map(({ Unit }) => Unit)).size).toBe(9);
  });
});

/** As Personalizer wrote it: namespaces, times of 100 ns, probabilities of 32 bits, and more keys. */
const personalizer = (i: number, more: object = {}): object => ({
  ...{
    _label_cost: i % 2 === 0 ? -1 : -0.0,
    _label_probability: 0.05000000074505806,
    _label_Action: 3,
    _labelIndex: 2,
  },
  o: [{ v: 1.0, EventId: `e-${i}`, ActionTaken: false }],
  ...{ Timestamp: `2026-02-04T16:31:${10 + i}.2460000Z`, Version: "1", EventId: `e-${i}`, a: [3, 2, 1] },
  c: {
    _synthetic: false,
    FromUrl: [{ timeofday: "Noon", weather: "Sunny" }],
    _multi: ["tea", "coffee", "juice"].map((id, at) => ({
      _tag: id,
      i: { constant: 1, id },
      j: [{ hot: id !== "juice", sugar: at / 3 }],
    })),
  },
  ...{ p: [0.05, 0.05, 0.9], VWState: { m: "a/b" }, _original_label_cost: 0.0, ...more },
});
const DRINKS = `useCase: drinks
decisionSpace: { options: { hot: boolean, sugar: number, constant: number } }
context: { timeofday: category, weather: category, pdrop: number }
features: [timeofday, weather, pdrop, hot, sugar]
policy: { choose: sugar }
${REST}`;

describe("a log of Personalizer", () => {
  const place = ["--dir", path("drinks")];
  const run = succeeding(place);

  test("is imported with namespaces as names, its probabilities to the digit, and what it left out at random", async () => {
    await run("blueprint", "publish", file("drinks.yaml", DRINKS));
    const lines = [
      personalizer(0),
      personalizer(1),
      personalizer(2, { pdrop: 0.5 }),
      // Of those that were logged half were kept.
      personalizer(3, { pdrop: 0.5, _label_probability: 0.025 }),
      personalizer(4, { _skipLearn: true }),
      personalizer(5, { _label_cost: undefined }),
    ];
    const imported = await run("import", "--use-case", "drinks", "--dsjson", file("drinks.log", jsonl(lines)));
    expect(imported.json).toMatchObject({ decisions: 5, observations: 4, badLines: 0 });
    expect(imported.stderr).toContain("1 line is of decisions that were never shown (_skipLearn): left out");
    const { json } = await run("rows", "--use-case", "drinks", "--out", path("drinks.dsjson"));
    expect(json).toMatchObject({ decisions: 4, leftOut: { unlabelled: 1 } });
    expect(linesOf(path("drinks.dsjson"))).toEqual(
      [0, 1, 2, 3].map((i) => ({
        ...{ _label_cost: i % 2 === 0 ? -1 : 0, _label_probability: i === 3 ? 0.05 : 0.05000000074505806 },
        ...{ _label_Action: 3, _labelIndex: 2, Timestamp: `2026-02-04T16:31:${10 + i}.246Z`, Version: "1" },
        ...{ EventId: `e-${i}`, Unit: `e-${i}`, a: [3, 1, 2], p: [0.05, 0.9, 0.05], pdrop: i < 2 ? 0 : 0.5 },
        c: {
          ...{ timeofday: "Noon", weather: "Sunny" },
          _multi: ["tea", "coffee", "juice"].map((id, at) => ({
            ...{ _tag: id, id, hot: id !== "juice", sugar: at / 3 },
          })),
        },
      })),
    );
  });

  test("has its pdrop kept by a blueprint with that feature alone; by others the import counts what is lost", async () => {
    const lines = [0, 1, 2].map((i) => personalizer(30 + i, { pdrop: i / 4, EventId: `p-${i}` }));
    const log = file("dropped.log", jsonl(lines));
    const without = DRINKS.replace("weather, pdrop, hot", "weather, hot");
    for (const [useCase, text, said, kept] of [
      ["kept", DRINKS, "", [0, 0.25, 0.5]],
      ["declared", without, "2 lines have a pdrop above 0, and the blueprint has no feature pdrop", [0, 0, 0]],
      ["unknown", without.replace(", pdrop: number", ""), "2 lines have a pdrop above 0", [0, 0, 0]],
    ] as const) {
      const of = succeeding(["--dir", path(`dropped-${useCase}`)]);
      await of("blueprint", "publish", file(`${useCase}.yaml`, text));
      const imported = await of("import", "--use-case", "drinks", "--dsjson", log);
      if (said === "") expect(imported.stderr).not.toContain("pdrop");
      else expect(imported.stderr).toContain(`${log}: ${said}`);
      await of("rows", "--use-case", "drinks", "--out", path(`${useCase}.dsjson`));
      expect(linesOf(path(`${useCase}.dsjson`)).map(({ pdrop }) => pdrop)).toEqual(kept);
    }
  });

  test("has a bad line where c has another pdrop than the line, or a time lies ahead, under the file's own keys", async () => {
    const one = personalizer(40) as { readonly c: object };
    const lines = [0.5, 0.25].map((pdrop) => ({
      ...one,
      EventId: `two ${pdrop}`,
      pdrop,
      c: { ...one.c, pdrop: 0.25 },
    }));
    const ahead = { ...one, EventId: "ahead", Timestamp: "2999-01-01T00:00:00Z" };
    const { code, json } = await loopstream([
      "import",
      ...["--use-case", "drinks", "--dsjson", file("two-pdrops.log", jsonl([...lines, ahead])), "--json", ...place],
    ]);
    expect([code, json]).toEqual([4, expect.objectContaining({ decisions: 1, observations: 1 })]);
    expect(json["lines"]).toMatchObject([
      { line: 1, problem: expect.stringContaining("pdrop is 0.5, and the feature of that name in c is 0.25") },
      { line: 3, problem: 'Timestamp "2999-01-01T00:00:00Z" lies ahead: history is what has happened' },
      // Its cost has the same time.
      { line: 3, problem: 'Timestamp "2999-01-01T00:00:00Z" lies ahead: history is what has happened' },
    ]);
  });

  test("has bad lines named by file and line, with the reason, and the others go on", async () => {
    const one = personalizer(7) as { readonly c: { readonly _multi: readonly object[] } & object };
    const options = (some: readonly object[]): object => ({ c: { ...one.c, _multi: some } });
    const texts: readonly (readonly [line: string | object, reason: string])[] = [
      ["{", "not JSON: "],
      ["[1]", "expected a JSON object"],
      ['{"EventId":"x","c":{"a":{"b":1,"b":2}}}', '"b" is there more than once in one object'],
      [{ EventId: "e-1", RewardValue: 1 }, "has no c, the features of a decision"],
      [{ ...one, _outcomes: [] }, "is a decision of several slots"],
      [{ ...one, EventId: "" }, "has no EventId"],
      [{ ...one, Timestamp: undefined }, "has no Timestamp"],
      [{ ...one, Timestamp: "yesterday" }, 'Timestamp "yesterday"'],
      [{ ...one, c: {} }, "c has no _multi"],
      [{ ...one, a: [3, 3, 1] }, "a is no list of different actions from 1 to 3"],
      [{ ...one, _label_Action: 4, _labelIndex: 3 }, "_label_Action 4 is no action from 1 to 3"],
      [{ ...one, _labelIndex: 1 }, "_labelIndex 1 is not that of _label_Action 3"],
      [{ ...one, _label_cost: "much" }, '_label_cost "much" is no number'],
      [{ ...one, p: [0.05, 0.9] }, "p is no list of probabilities, one for each action of a"],
      [{ ...one, p: [0.05, 0.05, 0.5] }, "p can't have been: the distribution sums to 0.6"],
      [{ ...one, _label_probability: 0.2 }, "the propensity is 0.2, and the distribution has 0.05 for the action"],
      [{ ...one, _label_probability: 0, p: undefined }, "_label_probability can't have been: the propensity 0"],
      [{ ...one, pdrop: 1 }, "pdrop 1 is no probability below 1"],
      [{ ...one, ...options([{ _tag: "a" }, { _tag: "a" }, {}]) }, 'two actions have the id "a"'],
      [{ ...one, ...options([{ x: 1, n: { x: 2 } }, {}, {}]) }, "action 1: the feature x is there twice, as 1 and 2"],
      [{ ...one, ...options([{ sugar: "no" }, {}, {}]) }, '_multi holds a bad option, [0] ("1"): sugar "no"'],
    ];
    const lines = [personalizer(6), ...texts.map(([line]) => line), personalizer(9)];
    const text = lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join("");
    const log = file("bad.log", text);
    const { code, json, stderr } = await loopstream([
      ...["import", "--use-case", "drinks", "--dsjson", log, "--json", ...place],
    ]);
    expect([code, json["badLines"], json["decisions"]]).toEqual([4, texts.length, 2]);
    const told = json["lines"] as readonly { readonly file: string; readonly line: number; readonly problem: string }[];
    const all = [...told].sort((a, b) => a.line - b.line);
    expect(all.length).toBe(20);
    expect(all.filter(({ problem }) => /^_(p|EventId|Timestamp|Unit)\b/.test(problem))).toEqual([]);
    for (const { file: where, line, problem } of all) {
      expect([where, problem]).toEqual([log, expect.stringContaining(texts[line - 2]![1])]);
    }
    expect(stderr).toContain(`${log}:2 not JSON: `);
  });

  test("is refused with flags of other files, without an observation for the reward, and if it is no dsjson", async () => {
    const log = file("one.log", jsonl([personalizer(20)]));
    const two = DRINKS.replace("useCase: drinks", "useCase: two").replace(
      /observations: .*\nlabel: .*\n/,
      "observations: { clicked: number, bought: number }\nlabel: { name: clicked, value: clicked, wait: 10m }\n",
    );
    await run("blueprint", "publish", file("two.yaml", two));
    const refused: unknown[] = [];
    for (const flags of [
      ["--use-case", "drinks", "--dsjson", log, "--action", "x"],
      ["--use-case", "drinks", "--decisions", file("x.csv", "x\\n1\\n"), "--reward", "x"],
      ["--use-case", "two", "--dsjson", log],
      ["--use-case", "drinks", "--dsjson", file("no.log", "a,b\n1,2\n")],
      ["--use-case", "drinks", "--dsjson", file("empty.log", "")],
    ]) {
      const { code, stderr } = await loopstream(["import", ...flags, ...place]);
      refused.push([code, stderr]);
    }
    expect(refused).toEqual([
      [2, expect.stringContaining("--action x: --dsjson has decisions, actions and costs in one file")],
      [2, expect.stringContaining("--reward takes one of reward")],
      [2, expect.stringContaining("--reward takes one of clicked, bought")],
      [2, expect.stringContaining("no line is a decision as dsjson. line 1 not JSON")],
      [2, expect.stringContaining("no line is a decision as dsjson. It is empty")],
    ]);
    const named = await run("import", "--use-case", "two", "--dsjson", log, "--reward", "bought");
    expect(named.json).toMatchObject({ decisions: 1, observations: 1, badLines: 0 });
  });
});
