import { describe, expect, test } from "vitest";
import { checkBlueprint, compileBlueprint, parseBlueprint } from "../../blueprints/index.ts";
import { edited, FLIGHTS, SMALL } from "./fixtures.ts";
import { random } from "./random.ts";

const DECIDE = "risk > 0.35";
const warnings = (text: string): readonly string[] =>
  checkBlueprint(text, "small.yaml").warnings.map(({ message }) => message);

test("a blueprint that means what it says has no warning", () => {
  expect(warnings(SMALL)).toEqual([]);
  expect(warnings(FLIGHTS)).toEqual([]);
});

const ofKind = (label: string, kinds = "{ sold: {}, seen: {} }"): readonly string[] =>
  warnings(`useCase: small
decisionSpace: boolean
context: { price: number }
events: ${kinds}
features: [price]
label: { name: sale, wait: 1h, ${label.includes("classes") ? "" : "default: 0, "}${label} }
policy: { decide: ${label.includes("classes") ? "sale_bought" : "sale"} > 0.5 }
`);

test("a label of one kind that an observation of another kind takes back is warned of", () => {
  const [told, ...others] = ofKind('value: kind == "sold"');
  expect(told).toMatch(
    /label.value: kind == "sold" is false, and not missing, for observations of other kinds: with aggregate latest/,
  );
  expect(others).toEqual([]);
  expect(ofKind('value: kind == "sold"', "{ sold: {} }")).toEqual([]);
  expect(ofKind('value: kind == "sold", aggregate: any')).toEqual([]);
  expect(ofKind('when: kind == "sold", value: kind == "sold"')).toEqual([]);
});

test("a label of texts or numbers is doubted by what it is for other kinds, and not if that is missing", () => {
  const text = `'if(kind == "sold", "bought", "left")'`;
  const [told, ...others] = ofKind(`value: ${text}, classes: [bought, left]`);
  expect(told).toContain(
    'if(kind == "sold", "bought", "left") is a value, and not missing, for observations of other kinds',
  );
  expect(told).toContain("say which observations count: when: kind == …");
  expect(told).not.toContain("any");
  expect(others).toEqual([]);
  expect(
    ofKind(`value: 'if(kind == "sold", "bought", if(kind == "seen", "left", null))', classes: [bought, left]`),
  ).toEqual([]);
  expect(ofKind(`value: 'if(kind == "sold", 3, 1)', objective: regression`)).toEqual([
    expect.stringContaining("is a value, and not missing"),
  ]);
  // A third kind is neither.
  const three = "{ sold: {}, seen: {}, kept: {} }";
  expect(
    ofKind(`value: 'if(kind == "sold", "bought", if(kind == "seen", "left", null))', classes: [bought, left]`, three),
  ).toEqual([]);
});

describe("a comparison that is always the same is warned of, at its place", () => {
  test.each([
    ["risk > 25", "small.yaml:26:11 policy.decide: risk > 25 is never true: the decision is always false"],
    ["delayed > 25", "(delayed is a probability, from 0 to 1: did you mean 0.25?)"],
    ["25 < delayed", "did you mean 0.25?"],
    ["delayed >= 0", "delayed >= 0 is never false: the decision is always true"],
    ["delayed != 2", "delayed != 2 is never false"],
    ["delayed * 100 > 250", "delayed * 100 > 250 is never true"],
    ["clamp(delayed, 0.2, 0.4) > 0.5", "is never true"],
    ["abs(distance) < 0", "abs(distance) < 0 is never true"],
    ["n_arr < 0", "n_arr < 0 is never true"],
    ["distance / 0 > 1", "distance / 0 > 1 is always missing: the decision is always null"],
    ["log(-1) > distance", "is always missing"],
    ["carrier == ''", "carrier == '' is never true"],
    ["1 > 2", "1 > 2 is never true"],
    ["delayed > 25 or night", "small.yaml:26:11 policy.decide: delayed > 25 is never true"],
    ["night and delayed > 25", "small.yaml:26:21 policy.decide: delayed > 25 is never true"],
    ["delayed == null and delayed > 0.3", "is always missing"],
  ])("%s", (decide, message) => {
    expect(warnings(edited(DECIDE, decide))).toContainEqual(expect.stringContaining(message));
  });

  test("a condition narrows what stands behind it", () => {
    expect(warnings(edited(DECIDE, "delayed > 0.5 and delayed < 0.3"))).toContainEqual(
      expect.stringContaining("small.yaml:26:29 policy.decide: delayed < 0.3 is never true"),
    );
    expect(warnings(edited(DECIDE, "distance <= 5 or distance > 5"))).toContainEqual(
      expect.stringContaining("distance > 5 is never false"),
    );
    expect(warnings(edited(DECIDE, "carrier == 'a' and carrier == 'b'"))).toContainEqual(
      expect.stringContaining("carrier == 'b' is never true"),
    );
    expect(warnings(edited(DECIDE, "delayed > 0.3 and delayed < 0.5"))).toEqual([]);
  });

  test("in a named formula it is warned of there, and the decision that follows from it", () => {
    const text = edited("risk: delayed", "risk: if(delayed > 25, 1, 0)");
    expect(warnings(text)).toEqual([
      expect.stringContaining("small.yaml:25:14 policy.formulas.risk: delayed > 25 is never true"),
      expect.stringContaining("policy.decide: risk > 0.35 is never true: the decision is always false"),
    ]);
  });

  test("a number that is predicted has no bound", () => {
    const regression = edited("  depth: 4", "  objective: regression");
    expect(warnings(regression.replace(DECIDE, "delayed > 25"))).toEqual([]);
  });
});

describe("a decision that is always the same is warned of", () => {
  test.each([
    ["boolean", "true", "the decision is always true"],
    ["boolean", "night and not night", "the decision is always false or null"],
    ["number", "3 + 4", "the decision is always 7"],
    ["{ actions: [call, text] }", "if(delayed > 0.5, 'call', 'call')", 'the decision is always "call"'],
    ["{ actions: [call, text] }", "if(night, 'call', null)", 'the decision is always "call" or null'],
  ])("in a space of %s: %s", (space, decide, message) => {
    const text = edited("decisionSpace: boolean", `decisionSpace: ${space}`).replace(DECIDE, JSON.stringify(decide));
    expect(warnings(text)).toEqual([expect.stringContaining(message)]);
  });
});

describe("a kind that no event has is warned of where something is compared with it", () => {
  test.each([
    ['kind == "arival"', 'no event of kind "arival" is declared (did you mean "arrival"?)'],
    ['"arival" != kind', "small.yaml:18:10 label.when"],
    ['kind == "landed"', "declare it: events: { landed: {} }"],
    ['delay_min > 3 and not (kind == "arival")', 'did you mean "arrival"?'],
  ])("%s", (when, message) => {
    const text = edited('when: kind == "arrival"', `when: '${when}'`);
    expect(warnings(text)).toEqual([expect.stringContaining(message)]);
  });

  test("where no event is declared kinds are free", () => {
    const text = SMALL.replace(/events:\n.*\n/, "observations:\n  delay_min: number\n").replace(
      / {2}- [mn]_arr.*\n/g,
      "",
    );
    expect(warnings(text)).toEqual([]);
  });
});

test("what is said never to be is not, whatever the values", () => {
  const next = random(7);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)]!;
  const number = (depth: number): string =>
    depth === 0
      ? pick(["delayed", "distance", "n_arr", "0", "0.5", "1", "25", "-3"])
      : pick([
          `${number(depth - 1)} ${pick(["+", "-", "*", "/", "%"])} (${number(depth - 1)})`,
          `${pick(["abs", "log", "exp", "sqrt", "round", "floor"])}(${number(depth - 1)})`,
          `${pick(["min", "max"])}(${number(depth - 1)}, ${number(depth - 1)})`,
          `if(${truth(depth - 1)}, ${number(depth - 1)}, ${number(depth - 1)})`,
        ]);
  const truth = (depth: number): string =>
    depth === 0
      ? pick(["night", "carrier == 'a'", "carrier != 'b'", "distance == null", "delayed > 0.5", "distance <= 1"])
      : pick([
          `${number(depth - 1)} ${pick(["<", "<=", ">", ">=", "==", "!="])} ${number(depth - 1)}`,
          `(${truth(depth - 1)} ${pick(["and", "or"])} ${truth(depth - 1)})`,
          `not (${truth(depth - 1)})`,
          `if(${truth(depth - 1)}, ${truth(depth - 1)}, ${truth(depth - 1)})`,
        ]);
  const numbers = [null, -1e300, -3, -1, 0, 0.5, 1, 2, 25, 1e300];
  let warned = 0;
  for (let round = 0; round < 400; round++) {
    const decide = truth(3);
    const text = edited(DECIDE, JSON.stringify(decide));
    const always = /policy.decide: (?:(.*) is (never|always) .*)?the decision is always (\w+)/;
    const said = warnings(text).flatMap((message) => always.exec(message)?.[3] ?? []);
    const { policy } = compileBlueprint(text);
    if (said.length > 0) warned++;
    for (let trial = 0; trial < 60; trial++) {
      const night = pick([null, 0, 1]);
      const count = pick([null, 0, 1, 3]);
      const vector = [pick(numbers), pick([null, "a", "b", "c"]), night, pick(numbers), count];
      const value = policy.decide(vector, { delayed: pick([0, 0.25, 0.5, 0.75, 1]) });
      if (said.length > 0 && value !== null) expect(`${decide}: ${String(value)}`).toBe(`${decide}: ${said[0]}`);
    }
  }
  expect(warned).toBeGreaterThan(5);
});

test("warnings change neither what is read nor its version", () => {
  const text = edited(DECIDE, "risk > 25");
  expect(checkBlueprint(text).blueprint).toEqual(parseBlueprint(text));
});

test("warnings of the longest formulas over the most features come soon", { timeout: 10_000 }, () => {
  const names = Array.from({ length: 1_900 }, (_, at) => `f${at}`);
  const wide = SMALL.replace(
    "  distance: number\n",
    `  distance: number\n${names.map((name) => `  ${name}: number\n`).join("")}`,
  ).replace("  - distance\n", `  - distance\n${names.map((name) => `  - ${name}\n`).join("")}`);
  const long = names
    .slice(0, 249)
    .map((name) => `${name} > 1`)
    .join(" and ");
  const formulas = Array.from({ length: 20 }, (_, at) => `    g${at}: ${long}\n`).join("");
  const text = wide.replace("    risk: delayed\n", `    risk: delayed\n${formulas}`);
  expect(checkBlueprint(text).warnings).toEqual([]);
});
