import { expect, test } from "vitest";
import { parseBlueprint } from "../../../blueprints/index.ts";
import { suggestFromTables } from "../../../loop/index.ts";
import { fileTables } from "../../../cli/files/index.ts";
import { flights } from "../../e2e/command.ts";
import { until } from "./flights-until.ts";

test("the flights of January suggest windows by airline and airport, and leave out what a model must not see", async () => {
  const { decisions, observations } = fileTables({ decisions: flights.decisions, observations: flights.observations });
  const { text, suggestion } = await suggestFromTables({
    useCase: "flights",
    label: "delay_min >= 15",
    tables: {
      decisions: until(decisions!, "decision_ts", "2013-02-01"),
      observations: until(observations!, "event_ts", "2013-02-01"),
    },
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
