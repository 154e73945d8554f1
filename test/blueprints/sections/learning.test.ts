import { expect, test } from "vitest";
import { canTrainOn, compareBlueprints, parseBlueprint } from "../../../blueprints/index.ts";
import { PARCELS } from "../../operators/parcels.ts";

const RANKED = PARCELS.replace("decisionSpace: boolean", "decisionSpace: { options: {} }").replace(
  "decide: risk > 0.5",
  "rank: risk",
);
const withLearning = (learning: string, text = RANKED) => parseBlueprint(`${text}learning: { ${learning} }\n`);
const plain = withLearning("mode: apprentice");
const promoted = withLearning("mode: apprentice, promote: { agreement: 0.9, decisions: 1000 }");

test("a promotion is part of the version, and its rows are those of one without", () => {
  const first = withLearning("mode: apprentice, promote: { agreement: 0.9, decisions: 1000, positions: first }");
  const all = withLearning("mode: apprentice, promote: { decisions: 1000, positions: all, agreement: 0.9 }");
  expect(new Set([plain.version, promoted.version, first.version]).size).toBe(3);
  expect(all.version).toBe(promoted.version);
  expect(promoted.learning.promote).toEqual({ agreement: 0.9, decisions: 1000, positions: "all" });
  expect(plain.learning.promote).toBeNull();
  expect(withLearning("promote: { agreement: 1, decisions: 1 }, baseline: weight > 2", PARCELS).learning.mode).toBe(
    "online",
  );
  expect(canTrainOn(promoted, plain)).toMatchObject({ ok: true });
});

test("a comparison names what a promotion asks for", () => {
  const told = compareBlueprints(plain, promoted).map(({ path, before, after }) => [path, before, after]);
  expect(told).toEqual([
    ["learning.promote.agreement", null, "0.9"],
    ["learning.promote.decisions", null, "1000"],
  ]);
});
