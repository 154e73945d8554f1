import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PARCELS } from "../operators/parcels.ts";
import { loopstream, temporaryDir, type Ran } from "./command.ts";

const TEXT = PARCELS.replace(
  "observations:\n",
  `tables:
  depots: { key: depot, fields: { city: category, bays: number, open: boolean }, maxRows: 8 }
  trucks: { key: [city, carrier], fields: { count: number } }
observations:
`,
).replace("tables:\n", "  - bays: { table: depots, field: bays, by: depot }\ntables:\n");

describe("loopstream tables", { timeout: 900_000 }, () => {
  const dir = temporaryDir();
  const tables = (...args: readonly string[]): Promise<Ran> => loopstream(["tables", ...args, "--dir", dir.path]);
  const file = (name: string, lines: readonly string[]): string => {
    const path = join(dir.path, name);
    writeFileSync(path, `${lines.join("\n")}\n`);
    return path;
  };
  beforeAll(async () => {
    const published = await loopstream(["blueprint", "publish", file("parcels.yaml", [TEXT]), "--dir", dir.path]);
    expect(published).toMatchObject({ code: 0 });
    expect(published.stderr).toContain("bays: table depots has no row, so it is missing in every decision");
  });
  afterAll(() => dir.remove());

  test("a row is put from a time on, and is found as of a time strictly after it", async () => {
    const from = ["--from", "2026-01-01T00:00:00Z"];
    expect(await tables("put", "depots", "north", "city=Oslo", "bays=4", "open=true", ...from)).toMatchObject({
      code: 0,
      stdout: "put north of depots, valid from 2026-01-01T00:00:00.000Z\n",
    });
    const at = await tables("get", "depots", "north", "--as-of", "2026-01-01T00:00:00Z");
    expect(at.stdout).toMatch(/^no row north of depots at that time/);
    const after = await tables("get", "depots", "north", "--as-of", "2026-01-01T00:00:00.001Z", "--json");
    expect(after.json).toMatchObject({ values: { city: "Oslo", bays: 4, open: true }, validFrom: 1767225600000 });
    await tables("delete", "depots", "north", "--from", "2026-02-01");
    expect((await tables("get", "depots", "north", "--as-of", "2026-03-01")).stdout).toMatch(
      /deleted since 2026-02-01/,
    );
    expect((await tables("get", "depots", "north", "--as-of", "2026-01-15")).stdout).toContain("bays: 4");
  });

  test("a mistyped table, field, key or value is refused with what is probably meant", async () => {
    const wrong: readonly [readonly string[], RegExp][] = [
      [["depot", "north", "bays=1"], /no blueprint declares a table "depot": did you mean "depots"\?/],
      [["depots", "north", "bay=1"], /no blueprint declares a field "bay" of table depots: did you mean "bays"\?/],
      [["depots", "north/2", "bays=1"], /a row of table depots has the key depot: give one text/],
      [["depots", "north", "bays=many"], /bays of table depots: "many" is not a number/],
    ];
    for (const [args, message] of wrong) {
      const ran = await tables("put", ...args);
      expect(ran.stderr).toMatch(message);
      expect(ran.code).not.toBe(0);
    }
  });

  test("a file is imported, its bad lines are named, and the same import again writes nothing", async () => {
    const path = file("depots.csv", [
      "depot,city,bays,open,roof",
      "south,Rome,3,yes,tin",
      ",Bonn,1,no,",
      "east,Riga,x,no,",
    ]);
    const args = ["import", "depots", path, "--from", "2026-01-01"];
    const first = await tables(...args);
    expect(first.code).toBe(4);
    expect(first.stdout).toContain("1 rows of depots written, valid from 2026-01-01T00:00:00.000Z");
    expect(first.stdout).toContain("left out: roof");
    expect(first.stdout).toContain("line 3: depot: a row of table depots needs this key");
    expect(first.stdout).toContain('line 4: bays: "x" is not a number');
    const again = await tables(...args, "--json");
    expect(again.json).toMatchObject({ lines: 1, written: 0, unchanged: 1, bad: 2 });
    const lines = file("depots.jsonl", [
      JSON.stringify({ depot: "south", city: "Rome", bays: 3, open: true, since: "2026-01-05T00:00:00Z" }),
      JSON.stringify({ depot: "south", city: "Rome", bays: 5, open: true, since: "2026-01-06T00:00:00Z" }),
    ]);
    const timed = await tables("import", "depots", lines, "--from-column", "since", "--json");
    expect(timed.json).toMatchObject({ lines: 2, written: 1, unchanged: 1, bad: 0, validFrom: null });
    expect((await tables("get", "depots", "south", "--as-of", "2026-01-07", "--json")).json).toMatchObject({
      values: { bays: 5 },
    });
  });

  test("a line that a later one of its file replaces is counted and named", async () => {
    const path = file("twice.csv", ["depot,city,bays,open", "west,Bern,1,no", "west,Bern,1,no", "west,Bern,2,no"]);
    const args = ["import", "depots", path, "--from", "2026-02-01"];
    expect((await tables(...args)).stdout).toContain(
      "1 of 3 were replaced by a later line with the same key and time: line 2 by 4",
    );
    expect((await tables("get", "depots", "west", "--json")).json).toMatchObject({ values: { bays: 2 } });
  });

  test("an import past maxRows is refused at the line that finds no room", async () => {
    const many = Array.from({ length: 9 }, (_, n) => `d${n},Oslo,${n},no`);
    const full = await tables(
      "import",
      "depots",
      file("many.csv", ["depot,city,bays,open", ...many]),
      "--from",
      "2026-01-01",
    );
    expect(full.stderr).toMatch(/line \d+: table depots holds 8 versions of rows in \d+ bytes, and its maxRows is 8/);
    expect(full.code).toBe(2);
    const listed = (await loopstream(["tables", "--dir", dir.path, "--json"])).json as unknown as readonly object[];
    expect(listed).toMatchObject([
      { table: "depots", key: ["depot"], useCases: ["parcels"], rows: 8, maxRows: 8 },
      { table: "trucks", key: ["city", "carrier"], rows: 0 },
    ]);
  });

  test("another use case may read the table, with the same types only", async () => {
    const other = TEXT.replace("useCase: parcels", "useCase: others").replace("bays: number, ", "bays: category, ");
    const refused = await loopstream(["blueprint", "publish", file("others.yaml", [other]), "--dir", dir.path]);
    expect(refused.stderr).toMatch(/tables\.depots\.fields\.bays in line \d+: category here, number in parcels/);
    expect(refused.code).toBe(2);
  });

  test("word vectors come as texts of CSV and as lists of JSON lines; words that no text has are told", async () => {
    const embedded = `useCase: texts
decisionSpace: boolean
context: { said: text }
observations: { y: boolean }
tables: { words: { key: word, fields: { meaning: vector(2), share: number } } }
features: [asked: { embed: said, words: words, vector: meaning, share: share }]
label: { name: liked, value: y }
policy: { decide: liked > 0.5 }`;
    const published = await loopstream(["blueprint", "publish", file("texts.yaml", [embedded]), "--dir", dir.path]);
    expect(published).toMatchObject({ code: 0 });
    const csv = ["word,meaning,share", 'sun,"[1, 0.5]",0.1', 'Sea,"[1,2]",0.1', 'a-b,"[1,2]",', 'ski,"[1,2,3]",1'];
    const ofCsv = await tables("import", "words", file("words.csv", csv), "--from", "2026-01-01");
    expect(ofCsv.stdout).toContain('2 of 3 are never found, such as "Sea": the words of a text are letters and digits');
    expect(ofCsv.stdout).toContain('line 5: meaning: "[1,2,3]" is not a vector of 2 numbers: it has 3');
    const jsonl = [
      '{"word":"rain","meaning":[1,"2"]}',
      '{"word":"fog","meaning":[1,[2]]}',
      '{"word":"hail","share":[1]}',
    ];
    const ofJson = await tables("import", "words", file("words.jsonl", jsonl), "--from", "2026-01-01", "--json");
    expect(ofJson.json).toMatchObject({
      ...{ written: 1, noWords: 0, firstNoWord: null },
      badLines: [
        { line: 2, problem: "meaning: a list is no vector(2)" },
        { line: 3, problem: "share: a list is no number" },
      ],
    });
    const kept = (await tables("get", "words", "rain", "--as-of", "2026-01-02", "--json")).json;
    expect(kept).toMatchObject({ values: { meaning: "[1,2]", share: null } });
  });
});
