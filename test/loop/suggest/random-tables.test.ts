import { expect, test } from "vitest";
import { checkBlueprint } from "../../../blueprints/index.ts";
import { readHistory, suggestFromTables, type HistoryColumns } from "../../../loop/index.ts";
import { DomainError } from "../../../schemas/index.ts";
import { randomTables } from "./random-tables.ts";
import { tableOf } from "./tables.ts";

const FIRST = Number(process.env["SUGGEST_SEED"] ?? 1);
const SEEDS = Array.from({ length: 60 }, (_, at) => FIRST + at);
const NAMES = { decisionId: "id", time: "decided" };
const COLUMNS: HistoryColumns = { decisionId: "id", decisionTime: "decided", observationTime: "event_ts" };

test("a suggestion for any files is a valid blueprint, by which an import reads every line", async () => {
  let features = 0;
  for (const seed of SEEDS) {
    const { label, ...rows } = randomTables(seed);
    const tables = {
      decisions: tableOf("decisions", rows.decisions),
      observations: tableOf("observations", rows.observations),
      events: tableOf("events", rows.events),
    };
    const { text } = await suggestFromTables({ useCase: "any-files", label, tables, columns: NAMES });
    const { blueprint } = checkBlueprint(text, `seed ${seed}`);
    features += blueprint.features.length;
    for await (const { bad } of readHistory(tables, COLUMNS, blueprint, { stepMs: 3_600_000 }))
      expect(bad, `seed ${seed}\n${text}`).toEqual([]);
    const again = await suggestFromTables({ useCase: "any-files", label, tables, columns: NAMES });
    expect(again.text).toBe(text);
  }
  expect(features).toBeGreaterThan(SEEDS.length * 4);
});

test("only an error for people comes of files in which nothing can be used", async () => {
  const rows = randomTables(3);
  const tables = {
    decisions: tableOf(
      "decisions",
      rows.decisions.map(({ id, decided }) => ({ id: id!, decided: decided! })),
    ),
    observations: tableOf("observations", rows.observations),
  };
  const failed = suggestFromTables({ useCase: "any-files", label: "score", tables, columns: NAMES });
  await expect(failed).rejects.toThrow(DomainError);
});
