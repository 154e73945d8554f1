import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseBlueprint, type DecisionSpace } from "../../../../blueprints/index.ts";
import { type ColumnNames, readColumns } from "../../../../loop/history/columns/columns.ts";
import { loggedOf } from "../../../../loop/history/lines/logged-cells.ts";
import type { Cell } from "../../../../loop/history/lines/records.ts";
import { newDir } from "../../../streams/backbones/local/new-dir.ts";
import { at, DECISIONS, SHOP } from "../shop.ts";
import { embeddedLoop, importInto, stateOf } from "../shop-log.ts";
import { fileTables } from "../../../../cli/files/index.ts";
import type { HistoryFiles } from "../../../../loop/history/history-table.ts";

const columns = {
  ...{ decisionId: "id", decisionTime: "at", observationTime: "at" },
  ...{ action: "did", propensity: "p" },
};
const space: Readonly<Record<string, DecisionSpace>> = {
  boolean: { kind: "boolean" },
  number: { kind: "number" },
  actions: { kind: "actions", actions: ["mail", "007"] },
};
const read = (kind: string, did: Cell, p: Cell) => loggedOf({ did, p }, columns, space[kind]!);

describe("a line's action", () => {
  test.each([
    ["boolean", "True", "0.25", { value: true, propensity: 0.25 }],
    ["boolean", 0, 1, { value: false, propensity: 1 }],
    ["number", "12E1", "", { value: 120, propensity: null }],
    ["actions", "007", "5e-1", { value: "007", propensity: 0.5 }],
    ["actions", "", "", null],
    ["boolean", null, null, null],
  ] as const)("is read by the type of the decision space: %s %j with %j", (kind, did, p, logged) => {
    expect(read(kind, did, p)).toEqual({ logged: logged && { ...logged, distribution: [], positions: [] } });
  });

  test.each([
    ["boolean", "perhaps", "1", "did", '"perhaps" is not a boolean'],
    ["number", "1,5", "1", "did", '"1,5" is not a number'],
    ["actions", "fax", "1", "did", '"fax" is not one of "mail", "007"'],
    ["boolean", "yes", "0", "p", "the propensity 0 is not above 0 and at most 1"],
    ["boolean", "yes", "1.5", "p", "the propensity 1.5 is not above 0 and at most 1"],
    ["boolean", "yes", "-0.1", "p", "the propensity -0.1 is not above 0 and at most 1"],
    ["boolean", "yes", "25%", "p", '"25%" is not a number'],
    ["boolean", "", "0.5", "did", "is empty, and p is not"],
  ] as const)("that can't have been is a bad line with its column: %s %j with %j", (kind, did, p, column, problem) => {
    expect(read(kind, did, p)).toEqual({ column, problem: expect.stringContaining(problem) });
  });

  test("is none where no column of actions is named", () => {
    const { action: _, propensity: __, ...others } = columns;
    expect(loggedOf({ did: true, p: 1 }, others, space["boolean"]!)).toEqual({ logged: null });
  });
});

describe("an import", () => {
  let folder: Awaited<ReturnType<typeof newDir>>;
  beforeAll(async () => {
    folder = await newDir();
  });
  afterAll(() => folder.remove());

  const file = (name: string, head: string, lines: readonly string[]): string => {
    const path = join(folder.path, name);
    writeFileSync(path, [head, ...lines, ""].join("\n"));
    return path;
  };

  test("keeps actions and propensities in the rows, and names the lines whose action can't have been", async () => {
    const { loop, close } = await embeddedLoop(join(folder.path, "log"));
    const decisions = file("d.csv", `${DECISIONS},did,p`, [
      `a,${at(0)},1,S,true,0.25`,
      `b,${at(1)},1,S,no,`,
      `c,${at(2)},1,S,,`,
      `d,${at(3)},1,S,true,2`,
      `e,${at(4)},1,S,maybe,1`,
    ]);
    const more = { columns: { action: "did", propensity: "p" } };
    const observations = file("o.csv", "decision_id,event_ts,kind,amount", [`a,${at(5)},visit,9`]);
    const { counts } = await importInto(loop, { decisions, observations }, more);
    expect(counts).toMatchObject({ decisions: 3, badLines: 2 });
    const rows = (await stateOf(loop)).rows.map((row) => JSON.parse(row) as Record<string, unknown>);
    const told = rows.map(({ decisionId, value, propensity, reason }) => [decisionId, value, propensity, reason]);
    expect(told).toEqual([
      ["a", true, 0.25, "logged"],
      ["b", false, null, "logged"],
      ["c", null, null, "noModel"],
    ]);
    await close();
  });

  test("refuses a propensity without an action, and an action without decisions; a column that is not there is told", async () => {
    const blueprint = parseBlueprint(SHOP);
    const decisions = file("e.csv", `${DECISIONS},dit`, [`a,${at(0)},1,S,true`]);
    const columnsOf = (named: ColumnNames, files: HistoryFiles) => readColumns(fileTables(files), named, blueprint);
    await expect(columnsOf({ propensity: "p" }, { decisions })).rejects.toThrow(
      "--propensity p: name the column of the action",
    );
    await expect(columnsOf({ action: "did" }, { observations: decisions })).rejects.toThrow(
      "--action did: decisions have actions",
    );
    const { all } = await columnsOf({ action: "did" }, { decisions });
    expect(all[0]!.required).toContain("did");
  });
});
