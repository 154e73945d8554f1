import { describe, expect, test } from "vitest";
import {
  compileBlueprint,
  packedLength,
  parseBlueprint,
  rowKey,
  withVersion,
  type CompiledBlueprint,
  type FeatureValue,
  type RowsOf,
  type RowValues,
  type RowVersions,
} from "../../../blueprints/index.ts";
import { random } from "../random.ts";

const TEXT = `useCase: articles
decisionSpace: boolean
context: { said: text, article: key, x: number }
observations: { y: boolean }
tables:
  words: { key: word, fields: { meaning: vector(3), share: number } }
  articles: { key: article, fields: { body: text, taste: vector(2) } }
features:
  - x
  - title: { embed: said, words: words, vector: meaning, share: share }
  - flat: { embed: said, words: words, vector: meaning }
  - taste: { table: articles, field: taste, by: article }
  - inside: { embed: body, from: articles, by: article, words: words, vector: meaning, share: share, smooth: 0.5 }
label: { name: late, value: y }
policy: { decide: late > 0.5 and title_0 > 0 }
`;
const compiled = compileBlueprint(TEXT);

type Rows = Readonly<Record<string, Readonly<Record<string, readonly [number, RowValues | null][] | RowValues>>>>;

/** Rows by table and key: the values of always, or versions by time. */
function rowsOf(tables: Rows): RowsOf {
  const rows = new Map<string, RowVersions>();
  for (const [table, all] of Object.entries(tables)) {
    for (const [key, said] of Object.entries(all)) {
      const versions = Array.isArray(said) ? (said as readonly [number, RowValues | null][]) : [[-1, said] as const];
      for (const [offset, [validFrom, values]] of versions.entries()) {
        const at = `${table}/${rowKey([key])}`;
        const row = withVersion(rows.get(at), { validFrom, offset, partition: 0, values: values as RowValues | null });
        if (row !== null) rows.set(at, row);
      }
    }
  }
  return (table, key) => rows.get(`${table}/${key}`);
}

function featuresOf(
  { fromContext, fromFeatures, featureNames }: CompiledBlueprint,
  context: Readonly<Record<string, unknown>>,
  rows: RowsOf,
  time = 0,
): Readonly<Record<string, FeatureValue>> {
  const vector = fromContext(context);
  fromFeatures!(vector, context, time, undefined, rows);
  return Object.fromEntries(featureNames.map((name, at) => [name, vector[at]!]));
}

const slots = (features: Readonly<Record<string, FeatureValue>>, name: string): readonly FeatureValue[] =>
  Object.keys(features)
    .filter((each) => new RegExp(`^${name}_\\d$`).test(each))
    .map((each) => features[each]!);

const words = {
  the: { meaning: "[1, 0, 0]", share: 0.05 },
  bank: { meaning: "[0, 2, -4]", share: 0.001 },
  über: { meaning: "[0, 0, 8]", share: 0 },
  "50": { meaning: "[3, 3, 3]" },
  short: { meaning: "[1, 2]", share: 0.001 },
  none: { share: 0.001 },
};
const missing = [null, null, null];

describe("the embedding of a text", () => {
  const of = (title: unknown, name = "title"): readonly FeatureValue[] =>
    slots(featuresOf(compiled, { said: title, x: 1 }, rowsOf({ words })), name);

  test("is the mean of its known words, each weighed by a / (a + share)", () => {
    const [the, bank] = [0.001 / (0.001 + 0.05), 0.5];
    expect(of("The bank")).toEqual([the / 2, (2 * bank) / 2, (-4 * bank) / 2]);
    expect(of("bank, BANK (unknown)")).toEqual([0, 1, -2]);
    expect(of("the bank", "flat")).toEqual([0.5, 1, -2]);
  });

  test("a word without a share is rare: its weight is 1", () => {
    expect(of("50")).toEqual([3, 3, 3]);
    expect(of("ÜBER")).toEqual([0, 0, 8]);
  });

  test("words are found however the text is written: composed or not, between any signs", () => {
    for (const text of ["u\u0308ber", "«Über»!", "...über\tüber\nüber"]) expect(of(text)).toEqual([0, 0, 8]);
    expect(of("bank50")).toEqual(missing);
  });

  test("is missing without a text, without a known word, and without a vector of the length", () => {
    for (const title of [undefined, null, "", "?!", "nobody knows", "none", "short"])
      expect(of(title)).toEqual(missing);
    expect(slots(featuresOf(compiled, { said: "bank" }, rowsOf({})), "title")).toEqual(missing);
    expect(of("short bank")).toEqual(of("bank"));
  });

  test("of a longer text the first 1,000 words count", () => {
    expect(of(`${"bank ".repeat(1_000)}the `.repeat(2))).toEqual(of("bank"));
  });

  test("is that of its definition, for any text", () => {
    const next = random(3);
    const names = Array.from({ length: 40 }, (_, at) => `w${at}`);
    const table = Object.fromEntries(
      names.map((name) => {
        const vector = [next() - 0.5, next() - 0.5, next() - 0.5];
        return [name, { vector, row: { meaning: JSON.stringify(vector), share: next() / 100 } }];
      }),
    );
    const rows = rowsOf({ words: Object.fromEntries(names.map((name) => [name, table[name]!.row])) });
    for (let round = 0; round < 200; round++) {
      const text = Array.from({ length: 1 + Math.floor(next() * 30) }, () => `w${Math.floor(next() * 60)}`);
      const known = text.flatMap((name) => table[name] ?? []);
      const expected = [0, 1, 2].map((at) =>
        known.length === 0
          ? null
          : known.reduce((sum, { vector, row }) => sum + (0.001 / (0.001 + row.share)) * vector[at]!, 0) / known.length,
      );
      expect(slots(featuresOf(compiled, { said: text.join(" ") }, rows), "title")).toEqual(expected);
    }
  });
});

describe("rows with vectors", () => {
  const rows = rowsOf({
    words: {
      ...words,
      bank: [
        [10, { meaning: "[0, 2, -4]", share: 0.5 }],
        [20, { meaning: "[1, 1, 1]", share: 0.5 }],
        [30, null],
      ],
    },
    articles: { a1: { body: "The bank", taste: "[0.5, -1]" }, a2: { body: "bank", taste: "[1]" } },
  });

  test("are features with a column for each number, missing where they do not fit", () => {
    const at = (article: string): readonly FeatureValue[] => slots(featuresOf(compiled, { article }, rows), "taste");
    expect([at("a1"), at("a2"), at("a3")]).toEqual([
      [0.5, -1],
      [null, null],
      [null, null],
    ]);
  });

  test("are read as of the decision's time, also of a text in another table", () => {
    const at = (time: number): readonly FeatureValue[] =>
      slots(featuresOf(compiled, { article: "a2" }, rows, time), "inside");
    expect([at(10), at(11), at(20), at(21), at(31)]).toEqual([
      missing,
      [0, 1, -2],
      [0, 1, -2],
      [0.5, 0.5, 0.5],
      missing,
    ]);
  });

  test("fit what a row may take", () => {
    expect(packedLength({ meaning: JSON.stringify(Array.from({ length: 50 }, () => 0.1234)) })).toBeLessThan(400);
  });
});

describe("a blueprint with embeddings", () => {
  test("has a column for each number, reads its tables, and its version depends on all of it", () => {
    expect(compiled.featureNames.filter((name) => name.startsWith("title"))).toEqual(["title_0", "title_1", "title_2"]);
    expect(compiled.tables).toEqual(["words", "articles"]);
    const { version } = parseBlueprint(TEXT);
    for (const [from, to] of [
      ["smooth: 0.5", "smooth: 0.25"],
      [", share: share }\n  - flat", " }\n  - flat"],
      ["meaning: vector(3)", "meaning: vector(4)"],
      ["embed: body, from: articles, by: article", "embed: said"],
    ] as const)
      expect(parseBlueprint(TEXT.replace(from, to)).version).not.toBe(version);
    expect(parseBlueprint(TEXT.replace("share: share }", "share: share, smooth: 0.001 }")).version).toBe(version);
  });

  test.each([
    ["embed: said, words: words, vector: meaning }", "embed: x, words: words, vector: meaning }", '"x" is a number'],
    [
      "embed: said, words: words, vector: meaning }",
      "embed: said, words: word, vector: meaning }",
      'did you mean "words"?',
    ],
    [
      "embed: said, words: words, vector: meaning }",
      "embed: said, words: words, vector: share }",
      '"share" is a number',
    ],
    [
      "embed: said, words: words, vector: meaning }",
      "embed: said, words: words, vector: meaning, smooth: 1 }",
      "name its field: share",
    ],
    ["embed: body, from: articles, by: article", "embed: body, from: articles", 'missing field "by"'],
    ["embed: body, from: articles, by: article", "embed: body, from: articles, by: x", '"x" is a number'],
    ["embed: body, from: articles, by: article", "embed: taste, from: articles, by: article", '"taste" is a vector(2)'],
    ["embed: body, from: articles, by: article", "embed: said, by: article", "name the table: from"],
    ["field: taste, by", "field: body, by", '"body" is a text, and no value of a column'],
    ["vector: meaning, share: share }", "vector: meaning, share: meaning }", '"meaning" is a vector(3)'],
    ["{ key: word,", "{ key: [word, language],", "a table of words has one"],
    ["meaning: vector(3)", "meaning: vector(0)", "expected 1 to 1024 numbers"],
    ["meaning: vector(3)", "meaning: vector", "expected vector(N)"],
    ["title_0 > 0", "title > 0", "title"],
  ])("with %s as %s is refused: %s", (from, to, problem) => {
    expect(() => parseBlueprint(TEXT.replace(from, to))).toThrow(problem);
  });
});
