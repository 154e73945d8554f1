import { describe, expect, test } from "vitest";
import {
  aggregate,
  checkBlueprint,
  compileBlueprint,
  insertEvent,
  parseBlueprint,
  wordName,
  wordNumber,
  type Tile,
} from "../../../blueprints/index.ts";
import { random, shuffled } from "../random.ts";

const TEXT = `
useCase: pages
decisionSpace: boolean
context: { user: key, hour: number }
events:
  view: { fields: { seconds: number, page: category } }
  click: { fields: [seconds] }
features:
  - hour
  - n_home: { count: true, of: view, by: user, in: 1h, when: page == "home" }
  - n_pages: { distinct: page, of: view, by: user, in: 1h }
  - page: { last: page, of: view, by: user, in: 1h }
  - first_page: { first: page, of: view, by: user, in: 1h }
  - top_page: { top: page, of: view, by: user, in: 1h, when: seconds > 1 }
  - seconds: { last: seconds, of: view, by: user, in: 1h }
label: { name: bought, when: kind == "click" and page != "home", value: seconds > 3, default: 0 }
policy: { decide: bought > 0.5 and top_page == "home" }
`;

describe("numbers of texts", () => {
  const words = ["", "a", "home", "Ω", "x".repeat(10_000), ...Array.from({ length: 20_000 }, (_, at) => `w${at}`)];

  test("are finite, one for each text, and always the same", () => {
    const numbers = words.map(wordNumber);
    expect(numbers.every(Number.isFinite)).toBe(true);
    expect(new Set(numbers).size).toBe(words.length);
    // In the state of every instance: it may never change.
    expect(wordName(wordNumber("home"))).toBe("0ea140588150773c");
    expect(new Set(numbers.map(wordName)).size).toBe(words.length);
  });
});

describe("aggregates of categories compare texts", () => {
  const texts = ["b", "a", "Z", "ä", "aa"];
  const wordOf = (number: number): string => texts.find((text) => wordNumber(text) === number)!;
  const hour = 3_600_000;

  test("last, first, top and distinct are those of the texts, with many ties, however the events came", () => {
    const next = random(5);
    for (let round = 0; round < 300; round++) {
      const events = Array.from({ length: Math.floor(next() * 12) }, () => ({
        time: Math.floor(next() * 4) * 1_000,
        text: next() < 0.2 ? null : texts[Math.floor(next() * texts.length)]!,
      }));
      const tile = shuffled(events, next).reduce<Tile | null>(
        (into, { time, text }) => insertEvent(into, time, [text === null ? null : wordNumber(text)]),
        null,
      );
      const range = { from: 1_000, to: 3_001, open: next() < 0.5 };
      const inside = events.filter(
        ({ time, text }) => text !== null && time < range.to && (range.open ? time > range.from : time >= range.from),
      ) as { readonly time: number; readonly text: string }[];
      const found = (name: string): unknown => aggregate([tile], range, 0, name, 1, hour, wordOf);
      const at = (time: number): readonly string[] =>
        inside.flatMap((event) => (event.time === time ? [event.text] : [])).sort();
      const times = inside.map(({ time }) => time);
      const counts = Map.groupBy(inside, ({ text }) => text);
      const most = Math.max(0, ...[...counts.values()].map(({ length }) => length));
      const tops = [...counts].flatMap(([text, { length }]) => (length === most ? [text] : [])).sort();
      expect(found("last")).toBe(at(Math.max(...times)).at(-1) ?? null);
      expect(found("first")).toBe(at(Math.min(...times))[0] ?? null);
      expect(found("top")).toBe(tops[0] ?? null);
      expect(found("distinct")).toBe(counts.size);
    }
  });
});

describe("a blueprint with categories of events", () => {
  const { blueprint, groups } = compileBlueprint(TEXT);

  test("has windows that are categories, and rows, policies and labels know them as such", () => {
    expect(checkBlueprint(TEXT).warnings).toEqual([]);
    expect(blueprint.events["view"]).toEqual({ fields: ["seconds", "page"], categories: ["page"] });
    expect(blueprint.observations).toMatchObject({ seconds: "number", page: "category" });
    const types = Object.fromEntries(compileBlueprint(TEXT).layout.map(({ name, kind }) => [name, kind]));
    expect(types).toMatchObject({ n_pages: "number", page: "category", top_page: "category", seconds: "number" });
  });

  test("keeps what it reads as a category apart from what another reads as a number", () => {
    const ids = groups.map(({ stateId }) => stateId);
    const numbers = TEXT.replace("page: category", "page: number")
      .replaceAll('page == "home"', "page == 1")
      .replaceAll('page != "home"', "page != 1")
      .replace('top_page == "home"', "n_home > 1")
      .replace("top: page", "max: page");
    const others = compileBlueprint(numbers).groups.map(({ stateId }) => stateId);
    expect(ids.filter((id) => others.includes(id))).toEqual([]);
    const equal = (of: string, type: string): string =>
      compileBlueprint(
        TEXT.replace(
          "{ seconds: number, page: category }",
          `{ seconds: number, page: category, a: ${type}, b: ${type} }`,
        ).replace('page == "home"', of),
      ).groups[0]!.fields.find(({ id }) => id.startsWith("~"))!.id;
    expect(equal("a == b", "number")).not.toBe(equal("a == b", "category"));
  });

  test("keeps the version and the state of one that writes its numbers as a list or by type", () => {
    const list = TEXT.replace("{ fields: [seconds] }", "{ fields: { seconds: number } }");
    expect(parseBlueprint(list).version).toBe(blueprint.version);
  });

  test.each([
    ["n_pages: { distinct: page", "n_pages: { sum: page", '"page" is a category, and sum reads none'],
    ["top: page", "top: seconds", '"seconds" is a number, and top reads none'],
    ["page: category }", "page: text }", "expected number | category"],
    [
      "click: { fields: [seconds] }",
      "click: { fields: { seconds: category } }",
      '"seconds" is a number of another kind',
    ],
    [
      "{ seconds: number, page: category }",
      "{ seconds: number, page: category, page: number }",
      '"page" is there twice',
    ],
    [
      "{ seconds: number, page: category }",
      "{ seconds: number, page: category, kind: category }",
      '"kind" is the kind',
    ],
    ['when: page == "home"', "when: page > 3", "page"],
  ])("with %s as %s is refused: %s", (from, to, problem) => {
    expect(() => parseBlueprint(TEXT.replace(from, to))).toThrow(problem);
  });
});

describe("an event with a category", () => {
  const { groups } = compileBlueprint(TEXT);
  const { fields, words } = groups[0]!;
  const of = (attributes: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(fields.map((field) => [field.id.replace(/~.*/, "~"), field.valueOf(attributes)]));

  test("has the number of its text in the tile, where the condition is met", () => {
    expect(of({ seconds: 2, page: "home" })).toEqual({
      seconds: 2,
      "page:category": wordNumber("home"),
      "~": 1,
      "page:category~": wordNumber("home"),
    });
    expect(of({ seconds: 1, page: "shop" })).toEqual({
      seconds: 1,
      "page:category": wordNumber("shop"),
      "~": null,
      "page:category~": null,
    });
    expect(words.map((at) => fields[at]!.wordOf!({ seconds: 1, page: "shop" }))).toEqual(["shop", null]);
  });

  test("reads numbers and booleans as texts, and nothing else", () => {
    expect(of({ seconds: 2, page: 94_110 })["page:category"]).toBe(wordNumber("94110"));
    expect(of({ seconds: 2, page: true })["page:category"]).toBe(wordNumber("true"));
    for (const page of [null, "", undefined, {}, Number.NaN])
      expect(of({ seconds: 2, page })["page:category"]).toBeNull();
  });
});
