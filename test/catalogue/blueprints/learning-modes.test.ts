import { expect, test } from "vitest";
import { modeHeldAt, modeSpans } from "../../../catalogue/blueprints/learning-modes.ts";
import { parseBlueprint, type LearningMode } from "../../../blueprints/index.ts";
import { PARCELS } from "../../operators/parcels.ts";

const { learning, ...rest } = parseBlueprint(`${PARCELS}learning: { mode: apprentice }\n`);
const heldAt = (time: number, ...set: readonly (readonly [time: number, mode: LearningMode])[]) =>
  modeHeldAt(
    modeSpans({ modes: set.map(([at, mode]) => ({ time: at, mode })) }, { ...rest, learning }),
    learning.mode,
    time,
  );

test("a mode holds strictly after its time, and since the last other one", () => {
  const set = [
    [10, "apprentice"],
    [20, "online"],
    [30, "apprentice"],
    [40, "apprentice"],
  ] as const;
  expect(heldAt(5)).toEqual({ mode: "apprentice", since: null });
  // Set again, it is the span that began with the version.
  expect(heldAt(20, ...set)).toEqual({ mode: "apprentice", since: null });
  expect(heldAt(21, ...set)).toEqual({ mode: "online", since: 20 });
  expect(heldAt(30, ...set)).toEqual({ mode: "online", since: 20 });
  expect([31, 41, 1_000].map((time) => heldAt(time, ...set))).toEqual(Array(3).fill({ mode: "apprentice", since: 30 }));
});

test("of two modes of one moment the last one counts, and none lies in between", () => {
  expect(heldAt(11, [10, "online"], [10, "apprentice"])).toEqual({ mode: "apprentice", since: null });
});
