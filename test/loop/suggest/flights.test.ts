import { expect, test } from "vitest";
import { parseBlueprint } from "../../../blueprints/index.ts";
import { suggestFromTables, type HistoryTable } from "../../../loop/index.ts";
import { fileTables } from "../../../cli/files/index.ts";
import { flights } from "../../e2e/command.ts";

/** The lines of January. */
function january({ name, head, lines }: HistoryTable, time: string): HistoryTable {
  return {
    name,
    head,
    async *lines() {
      for await (const row of lines()) {
        if ("values" in row && String(row.values[time]) >= "2013-02-01") return;
        yield row;
      }
    },
  };
}

test("the flights of January suggest windows by airline and airport, and leave out what a model must not see", async () => {
  const { decisions, observations } = fileTables({ decisions: flights.decisions, observations: flights.observations });
  const { text, suggestion } = await suggestFromTables({
    useCase: "flights",
    label: "delay_min >= 15",
    tables: { decisions: january(decisions!, "decision_ts"), observations: january(observations!, "event_ts") },
    columns: { unit: "carrier+flight" },
  });
  const { context, features, label } = parseBlueprint(text);
  expect(label).toMatchObject({ when: 'kind == "arrival"', waitMs: 12 * 3_600_000, default: null });
  expect(context).toMatchObject({ tailnum: "key", carrier: "category", temp: "number" });
  const windows = features.filter(({ kind }) => kind === "window");
  expect(windows.length).toBeGreaterThan(8);
  const keys = new Set(windows.flatMap((window) => ("by" in window ? window.by : [])));
  expect([...keys]).toEqual(expect.arrayContaining(["carrier", "origin", "dest"]));
  const names = features.map(({ name }) => name);
  for (const name of ["tailnum", "month", "flight", "sched_dep_ts"]) expect(names).not.toContain(name);
  const left = new Map(suggestion.leftOut.map(({ what, why }) => [what, why]));
  expect(left.get("month")).toBe('has one value only: "1"');
  expect(left.get("sched_dep_ts")).toContain("always as far");
});
