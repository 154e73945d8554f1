import { expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import type { PendingObservation, Use } from "../../operators/join/known.ts";
import { shownOf } from "../../operators/join/logic.ts";
import { decision, HOUR, PARCELS, START } from "./parcels.ts";

const use: Use = {
  ...{ useCase: "parcels", decidedAt: START, from: null, open: true, done: false, stage: 0, label: null, others: null },
  ...{ next: false, closedTime: null, owed: false, until: START + 6 * HOUR },
};
const activation = (hours: number): PendingObservation => ({
  ...{ id: `a${hours}`, useCase: "", optionId: "", activation: true, values: {}, partition: 0, offset: 0 },
  time: START + hours * HOUR,
});
const deferred = decision("d", START, { deferred: true });

test.each([
  ["is not deferred", decision("d", START), use, [activation(1)], -Infinity],
  ["nobody activated", deferred, use, [], Infinity],
  ["was activated twice", deferred, use, [activation(3), activation(1)], START + HOUR],
  ["was activated after its TTL", deferred, use, [activation(6)], Infinity],
  ["an earlier release made a row of", deferred, { ...use, done: true, label: 1 }, [], -Infinity],
  ["an earlier release made a partial row of", deferred, { ...use, stage: 1, label: 1 }, [], -Infinity],
])("a decision that %s has rows from its time", (_, made, of, own, from) => {
  expect(shownOf(of, made, compileBlueprint(PARCELS), own).from).toBe(from);
});
