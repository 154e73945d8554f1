import { describe, expect, test } from "vitest";
import { parseBlueprint } from "../../../../blueprints/index.ts";
import { fileTables } from "../../../../cli/files/index.ts";
import { readColumns, type ColumnNames } from "../../../../loop/history/columns/columns.ts";
import { saidAs } from "../../../../loop/history/again/said.ts";
import { candidatesIn, candidateTypes } from "../../../../loop/history/lines/candidate-cells.ts";
import { readHistory } from "../../../../loop/history/lines/read-history.ts";
import type { HistoryStep } from "../../../../loop/history/lines/history-step.ts";
import type { DecisionRequested, EventRecorded, ObservationRecorded } from "../../../../schemas/index.ts";
import { fileOf, testFolder } from "../../../cli/files/folder.ts";
import { FILMS } from "../../../http/films.ts";

const films = parseBlueprint(
  FILMS.replace("{ price: number, genre: category }", "{ price: number, genre: category, tags: list }"),
);
const types = candidateTypes(films.decisionSpace);
const read = (cell: string | number | boolean | null) => candidatesIn({ options: cell }, "options", types);

describe("the options of a line", () => {
  test("are ids or objects, with entries by their types, and others as they are", () => {
    const options = [
      "f1",
      7,
      { optionId: 8, context: { price: "3.50", genre: 12, tags: ["a", 1], shelf: "S", gone: null } },
    ];
    expect(read(JSON.stringify(options))).toEqual({
      candidates: [
        { optionId: "f1", context: {} },
        { optionId: "7", context: {} },
        { optionId: "8", context: { price: 3.5, genre: "12", tags: '["a","1"]', shelf: "S" } },
      ],
    });
    for (const none of [null, "", "[]"]) expect(read(none)).toEqual({ candidates: [] });
    expect(candidatesIn({ options: "f1" }, undefined, types)).toEqual({ candidates: [] });
  });

  test.each<[string | number, string]>([
    ["f1,f2", "is no JSON list of options: f1,f2"],
    [5, "is no JSON list of options: 5"],
    ['{"optionId": "f1"}', 'is no JSON list of options: {"optionId": "f1"}'],
    ['["f1", null]', "holds a bad option, [1] is null: send an id, or an object with its optionId"],
    ['[{"id": "f1"}]', "holds a bad option, [0].optionId is undefined: send a string"],
    ['[{"optionId": "f1", "context": 3}]', 'holds a bad option, [0] ("f1"): context is a number: send an object'],
    [
      '["f0", {"optionId": "f1", "context": {"price": "dear"}}]',
      'holds a bad option, [1] ("f1"): price "dear" is not a number',
    ],
    [
      '[{"optionId": "f1", "context": {"shelf": {"row": 1}}}]',
      'holds a bad option, [0] ("f1"): context.shelf is an object',
    ],
  ])("that are %j are a bad line that names the option", (cell, problem) => {
    expect(read(cell)).toEqual({ column: "options", problem: expect.stringContaining(problem) as string });
  });
});

const folder = testFolder();
const at = (minute: number): string => `2026-03-08T10:${String(minute).padStart(2, "0")}:00Z`;

async function stepsOf(
  decisions: string,
  observations: string,
  names: ColumnNames = {},
): Promise<readonly HistoryStep[]> {
  const tables = fileTables({ decisions, observations });
  const { columns } = await readColumns(tables, names, films);
  const steps = [];
  for await (const step of readHistory(tables, columns, films, { stepMs: 3.6e6 })) steps.push(step);
  return steps;
}

const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const options = [{ optionId: "f1", context: { price: 3 } }, "f2"];
const csvOf = (cell: unknown): string => `"${JSON.stringify(cell).replaceAll('"', '""')}"`;
const observed = "decision_id,event_ts,kind,shown_id\n";

describe("a file", () => {
  const decided = [
    { decision_id: "a", decision_ts: at(0), hour: 9, candidates: options },
    { decision_id: "b", decision_ts: at(1), hour: 9, candidates: [{ optionId: "f1", context: { price: "x" } }] },
    { decision_id: "c", decision_ts: at(2), hour: 9 },
    { decision_id: "d", decision_ts: at(3), hour: 9, candidates: [] },
    { decision_id: "e", decision_ts: at(4), hour: 9, candidates: ["f1", ["f2"]] },
    { decision_id: "f", decision_ts: at(5), hour: 9, candidates: Array.from({ length: 501 }, (_, i) => `f${i}`) },
    { decision_id: "g", decision_ts: at(6), hour: 9, candidates: { f1: 1 } },
    { decision_id: "h", decision_ts: at(7), hour: 9, candidates: ["f1", ""] },
  ];

  test.each(["jsonl", "csv"])(
    "of %s has candidates and options of observations; a bad one is named with its line",
    async (form) => {
      const rows =
        form === "jsonl"
          ? lines(decided)
          : [
              "decision_id,decision_ts,hour,candidates",
              ...decided.map(
                (row) =>
                  `${row.decision_id},${row.decision_ts},9,${row.candidates === undefined ? "" : csvOf(row.candidates)}`,
              ),
              "",
            ].join("\n");
      const decisions = fileOf(folder, `d.${form}`, rows);
      const told = ["f2", "f1", ""].map((id) => `a,${at(9)},seen,${id}\n`).join("");
      const observations = fileOf(folder, `o-${form}.csv`, observed + told);
      const [step] = await stepsOf(decisions, observations, { optionId: "shown_id" });
      const asked = step!.requests.map(({ records: [record] }) => record!.value as DecisionRequested);
      expect(asked.map(({ decisionId, context, candidates }) => [decisionId, context, candidates])).toEqual([
        [
          "a",
          { hour: 9 },
          [
            { optionId: "f1", context: { price: 3 } },
            { optionId: "f2", context: {} },
          ],
        ],
        ["c", { hour: 9 }, []],
        ["d", { hour: 9 }, []],
      ]);
      const first = form === "jsonl" ? 1 : 2;
      expect(step!.bad.map(({ line, problem }) => [line - first, problem])).toEqual([
        [1, expect.stringContaining('candidates holds a bad option, [0] ("f1"): price "x" is not a number')],
        [4, expect.stringContaining("candidates holds a bad option, [1] is an array: send an id")],
        [5, expect.stringContaining("candidates has 501 options; at most 500 are taken")],
        [6, expect.stringContaining(form === "jsonl" ? "candidates holds an object" : "is no JSON list of options")],
        [7, expect.stringContaining("candidates[1].optionId is empty: name the option")],
      ]);
      const said = step!.outcomes.map(({ records }) => records.map(({ value }) => value));
      expect(said.map(([one]) => (one as ObservationRecorded).optionId)).toEqual(["f2", "f1", ""]);
      expect(said.map(([, event]) => (event as EventRecorded).attributes)).toEqual([
        { unit: "a", option: "f2" },
        { unit: "a", option: "f1" },
        { unit: "a" },
      ]);
      expect((said[0]![0] as ObservationRecorded).values).toEqual({ kind: "seen" });
      expect(new Set(step!.outcomes.map(({ name }) => name)).size).toBe(3);
      expect(new Set(step!.outcomes.map(({ facts }) => facts!.place)).size).toBe(3);
    },
  );

  test("of rankings that shows an option twice has a bad line that names it; an option that was not shown may be", async () => {
    const rows: readonly (readonly [id: string, options: readonly string[], chance: string])[] = [
      ["a", ["x", "x"], "[0.5, 0.5]"],
      ["b", ["x", "y", "x"], "0.25"],
      ["c", ["x", "y", "y", "x"], "[0.5, 0.5, 0.5]"],
      ["d", ["x", "y", "x"], "[0.5, 0.5]"],
    ];
    const csv = rows.map(([id, given, chance], i) => `${id},${at(i)},9,${csvOf(given)},"${chance}"\n`).join("");
    const decisions = fileOf(folder, "ranked.csv", `decision_id,decision_ts,hour,candidates,chance\n${csv}`);
    const [step] = await stepsOf(decisions, fileOf(folder, "no-o.csv", observed), { propensity: "chance" });
    expect(step!.bad.map(({ line, problem }) => [line, problem])).toEqual([
      [2, `chance can't have been: the candidate "x" is there twice, as [0] and [1]: a ranking shows an option once`],
      [3, `chance can't have been: the candidate "x" is there twice, as [0] and [2]: a ranking shows an option once`],
      [4, `chance can't have been: the candidate "y" is there twice, as [1] and [2]: a ranking shows an option once`],
    ]);
    expect(step!.requests.map(({ records: [record] }) => (record!.value as DecisionRequested).logged)).toMatchObject([
      { value: "x", positions: [0.5, 0.5] },
    ]);
  });

  test("without the column of its options, or of those that observations are about, is refused", async () => {
    const decisions = fileOf(folder, "none.csv", `decision_id,decision_ts,hour,candidate\na,${at(0)},9,[]\n`);
    const observations = fileOf(folder, "plain.csv", `${observed}a,${at(1)},seen,f1\n`);
    const { all } = await readColumns(fileTables({ decisions, observations }), { optionId: "shown" }, films);
    expect(all.map(({ required }) => required)).toEqual([
      ["decision_id", "decision_ts", "candidates"],
      ["decision_id", "event_ts", "shown"],
    ]);
    await expect(stepsOf(decisions, observations, { candidates: "candidate" })).resolves.toMatchObject([{ bad: [] }]);
    await expect(readColumns(fileTables({ observations }), { candidates: "c" }, films)).rejects.toThrow(
      "--candidates c: decisions have options",
    );
    await expect(readColumns(fileTables({ decisions }), { optionId: "c" }, films)).rejects.toThrow(
      "--option-id c: observations are of options",
    );
  });

  test("imported before is the same line as long as its options and its observations' options are", async () => {
    const file = (price: unknown, id: string) =>
      [
        fileOf(
          folder,
          "again.jsonl",
          lines([
            { decision_id: "a", decision_ts: at(0), candidates: [{ optionId: "f1", context: { price, shelf: 1 } }] },
          ]),
        ),
        fileOf(folder, "again.csv", `${observed}a,${at(1)},seen,${id}\n`),
      ] as const;
    const factsOf = async (price: unknown, id: string) => {
      const [step] = await stepsOf(...file(price, id), { optionId: "shown_id" });
      const made = [...step!.requests, ...step!.outcomes];
      const kept = made.map(({ records: [record] }) => saidAs(films)(record!));
      expect(kept.map(({ facts }) => facts)).toEqual(made.map(({ facts }) => facts));
      return { contents: kept.map(({ facts }) => facts.content), values: kept.map(({ values }) => values) };
    };
    const first = await factsOf(3, "f1");
    expect((await factsOf("3.0", "f1")).contents).toEqual(first.contents);
    const other = await factsOf(4, "f2");
    expect(other.contents.map((content, index) => content === first.contents[index])).toEqual([false, false]);
    expect(first.values[0]).toEqual({ candidates: '[{"optionId":"f1","context":{"price":3,"shelf":1}}]' });
  });
});
