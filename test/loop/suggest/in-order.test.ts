import { expect, test } from "vitest";
import { readSample } from "../../../loop/suggest/read-sample.ts";
import { HOUR, iso, START, tableOf, type Values } from "./tables.ts";

/** Two decisions a time, each with two observations of one time. */
const decisions: readonly Values[] = [0, 0, 1, 1].map((hour, at) => ({
  decision_id: `d${at}`,
  decision_ts: iso(START + hour * HOUR),
  price: at,
}));
const observations: readonly Values[] = decisions.flatMap(({ decision_id }) =>
  ["arrival", "departure"].map((kind) => ({ decision_id: decision_id!, event_ts: iso(START + 2 * HOUR), kind })),
);

/** The sample of tables whose lines of one time are turned around, or not. */
async function sampleOf(turned: boolean) {
  const inTurn = (rows: readonly Values[]): readonly Values[] =>
    [...(turned ? rows.toReversed() : rows)].sort((a, b) =>
      timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0,
    );
  const tables = {
    decisions: tableOf("decisions", inTurn(decisions)),
    observations: tableOf("observations", inTurn(observations)),
  };
  const { sample } = await readSample({
    ...{ tables: { ...tables, events: undefined }, names: {}, most: 100 },
    ...{ say: () => undefined, onProgress: () => undefined },
  });
  return sample;
}
const timeOf = ({ decision_ts, event_ts }: Values): string => String(decision_ts ?? event_ts);

test("lines of one time may have any order: by decision and kind they always lie the same", async () => {
  const [asIs, turned] = [await sampleOf(false), await sampleOf(true)];
  expect(turned).toEqual(asIs);
  expect(asIs.decisions.map(({ cells }) => cells["decision_id"])).toEqual(["d0", "d1", "d2", "d3"]);
  expect(asIs.observations.map(({ decision, kind }) => `${decision} ${kind}`)).toEqual(
    [0, 1, 2, 3].flatMap((decision) => [`${decision} arrival`, `${decision} departure`]),
  );
});
