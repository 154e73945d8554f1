import { describe, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { edited, problemsOf, SMALL } from "./fixtures.ts";

type Case = readonly [before: string, after: string, path: string, line: number, what: RegExp];

function claims(cases: readonly Case[]): void {
  for (const [before, after, path, line, what] of cases) {
    test(`${JSON.stringify(after)} in place of ${JSON.stringify(before)}`, () => {
      const problems = problemsOf(edited(before, after));
      const problem = problems[0];
      expect(problems.map(({ message }) => message)).toHaveLength(1);
      expect(problem).toMatchObject({ path, line });
      expect(problem?.message).toMatch(what);
      expect(problem?.message.startsWith(`small.yaml:${line}:${problem.column}${path && " "}${path}: `)).toBe(true);
    });
  }
}

describe("fields", () => {
  claims([
    ["model:\n", "modle:\n", "modle", 21, /unknown field "modle" \(did you mean "model"\?\)/],
    ["  depth: 4", "  dept: 4", "model.dept", 22, /unknown field "dept" \(did you mean "depth"\?\)/],
    ["  depth: 4", "  leaves: 4", "model.leaves", 22, /unknown field "leaves" \(known: objective, learner/],
    ["by: tailnum, in", "by: tailnum, opne: 1, in", "features.n_arr.opne", 15, /did you mean "open"/],
    ["  ttl: 48h", "  ttll: 48h", "join.ttll", 28, /did you mean "ttl"/],
    ["useCase: small", "description: x", "useCase", 1, /missing field "useCase"/],
    ["  decide: risk > 0.35", "", "policy.decide", 24, /missing field "decide"/],
    ["  freshRows: 20%", "  - 1", "training", 30, /expected a section with schedule, .*, found a list/],
    ["  distance: number", "  distance: number\n  distance: number", "context.distance", 5, /is there twice/],
  ]);
});

describe("retention", () => {
  const training = "training:\n";
  claims([
    [training, "retention: { row: 90d }\ntraining:\n", "retention.row", 29, /did you mean "rows"/],
    [training, "retention: { rows: 90 }\ntraining:\n", "retention.rows", 29, /expected a duration, found 90/],
    [training, "retention: { answers: 24h }\ntraining:\n", "retention.answers", 29, /1d is shorter than join.ttl, 2d/],
    [training, "retention: { decisions: 1d }\ntraining:\n", "retention.decisions", 29, /1d is shorter than join.ttl/],
    [
      training,
      "retention: { answers: 4d, repeats: 3d }\ntraining:\n",
      "retention.repeats",
      29,
      /3d is shorter than retention.answers, 4d \(at least 4d\)/,
    ],
  ]);
});

describe("use case and decision space", () => {
  claims([
    ["useCase: small", "useCase: Small Case", "useCase", 1, /"Small Case" is no use case \(1 to 64/],
    ["useCase: small", "useCase: 12", "useCase", 1, /expected the use case's name, found 12/],
    ["decisionSpace: boolean", "decisionSpace: bool", "decisionSpace", 2, /expected boolean, number, actions/],
    ["decisionSpace: boolean", "decisionSpace: [a]", "decisionSpace", 2, /found a list/],
    [
      "decisionSpace: boolean",
      "decisionSpace: {actions: []}",
      "decisionSpace.actions",
      2,
      /expected 1 to 1000 actions/,
    ],
  ]);

  test("an action that is there twice is a problem", () => {
    const problems = problemsOf(edited("decisionSpace: boolean", "decisionSpace: {actions: [a, a]}"));
    expect(problems[0]).toMatchObject({ path: "decisionSpace.actions[1]", line: 2, column: 30 });
    expect(problems[0]?.message).toContain('action "a" twice');
  });
});

describe("context and events", () => {
  claims([
    ["  night: boolean", "  night: bolean", "context.night", 6, /found "bolean" \(did you mean "boolean"\?\)/],
    ["  tailnum: key", "  tailnum: key\n  Big: number", "context.Big", 8, /"Big" is no name/],
    ["  tailnum: key", "  tailnum: key\n  and: number", "context.and", 8, /a word of the formula language/],
    ["[delay_min]", "[delay_min, delay_min]", "events.arrival.fields[1]", 9, /field "delay_min" twice/],
    ["[delay_min]", "[delay_min, kind]", "events.arrival.fields[1]", 9, /"kind" is the kind of every observation/],
    ["[delay_min]", "delay_min", "events.arrival.fields", 9, /expected a list of field names/],
    ["label:\n", "observations:\n  delay_min: boolean\nlabel:\n", "observations.delay_min", 17, /is a number already/],
  ]);
});

describe("features", () => {
  claims([
    ["  - carrier\n", "  - carier\n", "features.carier", 12, /not in context \(did you mean "carrier"\?\)/],
    ["  - carrier\n", "  - tailnum\n", "features.tailnum", 12, /is a key, which the model never sees/],
    ["  - carrier\n", "  - distance\n", "features.distance", 12, /feature "distance" twice/],
    ["  - carrier\n", "  - 12\n", "features[1]", 12, /expected a context entry's name.*found 12/],
    ["m_arr:", "M_arr:", "features.M_arr", 14, /"M_arr" is no name/],
    ["m_arr:", "label:", "features.label", 14, /"label" is a column of every training row/],
    ["m_arr:", "prediction_x:", "features.prediction_x", 14, /is a column of every training row/],
    ["m_arr:", "tailnum:", "features.tailnum", 14, /is a context entry already/],
    ["mean: delay_min", "mean: dely_min", "features.m_arr.mean", 14, /no field "dely_min" \(did you mean "delay_min"/],
    ["mean: delay_min, ", "", "features.m_arr", 14, /no aggregate \(exactly one of/],
    ["mean: delay_min", "mean: delay_min, sum: delay_min", "features.m_arr", 14, /more than one aggregate: sum, mean/],
    ["count: true", "count: delay_min", "features.n_arr.count", 15, /expected count: true/],
    ["arrival, by: [", "arival, by: [", "features.m_arr.of", 14, /unknown event "arival" \(did you mean "arrival"/],
    ["[carrier, tailnum]", "[carier, tailnum]", "features.m_arr.by[0]", 14, /did you mean "carrier"/],
    ["[carrier, tailnum]", "[carrier, distance]", "features.m_arr.by[1]", 14, /"distance" is a number/],
    ["[carrier, tailnum]", "[carrier, carrier]", "features.m_arr.by[1]", 14, /"carrier" twice/],
    ["[carrier, tailnum]", "[]", "features.m_arr.by", 14, /expected one to three context entries, or none, found 0/],
    ["in: 3h", "in: 3", "features.m_arr.in", 14, /expected a duration, found 3 \(a number and a unit: 30s/],
    ["in: 3h", "in: 900d", "features.m_arr.in", 14, /expected 1s to 366d, found 900d/],
    ["in: 3h", "in: 0s", "features.m_arr.in", 14, /expected 1s to 366d/],
    ["open: true", "open: yes", "features.n_arr.open", 15, /expected true or false, found "yes"/],
  ]);
});

describe("label, policy, model, join and training", () => {
  claims([
    ["name: delayed\n  when", "name: distance\n  when", "label.name", 17, /"distance" is a feature already/],
    ['kind == "arrival"', 'kid == "arrival"', "label.when", 18, /unknown name "kid" \(did you mean "kind"\?\)/],
    ['kind == "arrival"', "delay_min", "label.when", 18, /expected a boolean, "delay_min" is a number/],
    ["delay_min >= 15", "delay >= 15", "label.value", 19, /unknown name "delay"/],
    ["delay_min >= 15", "kind", "label.value", 19, /expected a number or boolean, "kind" is a string/],
    ["delay_min >= 15", "delay_min", "label.value", 19, /is a number, objective binary needs a condition/],
    ["  wait: 36h", "  wait: 36h\n  aggregate: mean", "label.aggregate", 21, /mean makes a label that is not 0 or 1/],
    ["  wait: 36h", "  wait: 36h\n  default: 0.5", "label.default", 21, /expected none, 0 or 1 with objective binary/],
    ["  wait: 36h", "  wait: 36h\n  aggregate: last", "label.aggregate", 21, /expected earliest \| latest/],
    ["risk: delayed", "risk: delaied", "policy.formulas.risk", 25, /unknown name "delaied"/],
    [
      "risk: delayed",
      "risk: delayed\n    carrier: delayed",
      "policy.formulas.carrier",
      26,
      /is a label or a feature already/,
    ],
    ["risk > 0.35", "risk", "policy.decide", 26, /expected a boolean, "risk" is a number/],
    ["risk > 0.35", "risk > tailnum", "policy.decide", 26, /"tailnum" is a key of the context, and no feature/],
    ["risk > 0.35", "null", "policy.decide", 26, /expected a formula, found nothing/],
    ["  depth: 4", "  depth: 4.5", "model.depth", 22, /expected a whole number from 1 to 16, found 4.5/],
    ["  depth: 4", "  depth: 400", "model.depth", 22, /expected a whole number from 1 to 16, found 400/],
    ["  depth: 4", "  learningRate: .nan", "model.learningRate", 22, /expected a number from/],
    [
      "  depth: 4",
      "  learner: lightgbm",
      "model.learner",
      22,
      /expected xgboost \| linear \| mlp \| constant \| auto, found "lightgbm"/,
    ],
    ["ttl: 48h", "ttl: 24h", "join.ttl", 28, /1d is shorter than label.wait, 36h/],
    ["freshRows: 20%", "freshRows: 0.2", "training.freshRows", 30, /expected a percentage, found 0.2 \(write 20%/],
    ["freshRows: 20%", "holdout: 100%", "training.holdout", 30, /expected 0.1% to 90%, found 100%/],
    ["freshRows: 20%", "metric: mse", "training.metric", 30, /mse can't judge objective binary/],
    ["freshRows: 20%", "schedule: 0 25 * * *", "training.schedule", 30, /"25" is no hour/],
    ["freshRows: 20%", "schedule: daily", "training.schedule", 30, /a schedule has five fields/],
  ]);
});

describe("places", () => {
  test("an unknown field is told with file, line, column, path and hint", () => {
    const [problem] = problemsOf(edited("  wait: 36h", "  wait: 36h\n  agregate: latest"));
    expect(problem).toEqual({
      path: "label.agregate",
      line: 21,
      column: 3,
      hint: 'did you mean "aggregate"?',
      message: 'small.yaml:21:3 label.agregate: unknown field "agregate" (did you mean "aggregate"?)',
    });
  });

  test("an error in a formula points into the formula, quoted or not", () => {
    expect(problemsOf(edited("risk > 0.35", "risk > rsk"))[0]).toMatchObject({ line: 26, column: 18 });
    expect(problemsOf(edited("risk > 0.35", '"risk > rsk"'))[0]).toMatchObject({ line: 26, column: 19 });
  });

  test("all problems come at once, in the order of the file", () => {
    const text = SMALL.replace("depth: 4", "depth: many")
      .replace("ttl: 48h", "ttl: 1h")
      .replace("by: tailnum", "by: tail")
      .replace("useCase: small", "useCase: _");
    expect(problemsOf(text).map(({ path }) => path)).toEqual([
      "useCase",
      "features.n_arr.by",
      "model.depth",
      "join.ttl",
    ]);
  });
});

describe("texts that are no blueprint", () => {
  test("broken YAML is told with its line", () => {
    expect(problemsOf(edited("[delay_min]", "[delay_min"))[0]?.message).toMatch(/^small.yaml:9:\d+: not valid YAML: /);
  });

  test("an empty text, a list, a scalar and a text that is far too long are refused", () => {
    expect(problemsOf("")[0]?.message).toMatch(/the blueprint is empty/);
    expect(problemsOf("- a\n")[0]?.message).toMatch(/expected a section with useCase.*found a list/);
    expect(problemsOf("hello")[0]?.message).toMatch(/found "hello"/);
    expect(problemsOf("#".repeat(1_000_001))[0]?.message).toMatch(/at most 1000000 characters/);
  });

  test("more features than a vector may have are refused", () => {
    const features = Array.from({ length: 2001 }, () => "  - distance\n").join("");
    expect(
      problemsOf(edited("  - distance\n", features)).some(({ message }) => /at most 2000 features/.test(message)),
    ).toBe(true);
  });
});

describe("a decision must be one of the actions", () => {
  const actions = (decide: string): string =>
    SMALL.replace("decisionSpace: boolean", "decisionSpace: { actions: [call, text] }").replace(
      "decide: risk > 0.35",
      `decide: '${decide}'`,
    );

  test("a text that is no action is refused with the nearest action", () => {
    const [problem] = problemsOf(actions('if(risk > 0.5, "cal", "text")'));
    expect(problem).toMatchObject({ path: "policy.decide", line: 26, hint: 'did you mean "call"?' });
  });

  test("a category, which can be anything, is refused", () => {
    expect(problemsOf(actions("carrier"))[0]?.message).toMatch(/"carrier" can be anything/);
  });

  test("a number is refused", () => {
    expect(problemsOf(actions("risk"))[0]?.message).toMatch(/expected a string, "risk" is a number/);
  });
});

describe("a number that is too small or too large to be one is told once, with its text and place", () => {
  test.each<[before: string, after: string, line: number, message: string]>([
    ["  depth: 4\n", "  depth: 1e-400\n", 22, "22:10: 1e-400 is too small a number, and would be 0"],
    ["  depth: 4\n", "  depth: 4\n  learningRate: 1e400\n", 23, "1e400 is too large a number (at most 1.7e308)"],
    ["  value: delay_min >= 15\n", "  value: 1e-400\n", 19, "1e-400 is too small a number"],
    ["  value: delay_min >= 15\n", "  value: delay_min >= -0.1E-999\n", 19, "0.1E-999 is too small a number"],
    ["  freshRows: 20%\n", `  freshRows: 0.${"0".repeat(400)}1%\n`, 30, "1 is too small a number"],
    [
      "  decide: risk > 0.35\n",
      "  decide: risk > w\n  params: { w: { min: 0, max: 1, default: 1e-330 } }\n",
      27,
      "1e-330",
    ],
    [
      "  - night\n",
      "  - night\n  - far: { bucket: distance, bounds: [1e-400, 5] }\n",
      14,
      "1e-400 is too small a number, and would be 0",
    ],
    ["  wait: 36h\n", "  wait: 36h\n  aggregate: quantile(1e-400)\n", 21, "1e-400 is too small a number"],
  ])("%j becomes %j", (before, after, line, message) => {
    const problems = problemsOf(edited(before, after));
    expect(problems.map((one) => one.line)).toEqual([line]);
    expect(problems[0]!.message).toContain(message);
  });

  test("zeros are numbers however they are written, and so is the least one", () => {
    for (const zero of ["0", "0.000", "0e-400", "5e-324"])
      expect(() => parseBlueprint(edited("risk > 0.35", `risk > ${zero}`))).not.toThrow();
  });
});

test("one mistake is told once: what refers to a broken declaration is not complained about again", () => {
  for (const [before, after] of [
    ["  carrier: category", "  carrier: categorie"],
    ["  distance: number", "  distance: 3"],
    ["[delay_min]", "delay_min"],
    ["risk: delayed", "risk: delayed +"],
  ] as const) {
    expect(
      problemsOf(edited(before, after)).map(({ message }) => message),
      after,
    ).toHaveLength(1);
  }
});
