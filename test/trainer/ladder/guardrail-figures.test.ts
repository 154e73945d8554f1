import { expect, test } from "vitest";
import { compileBlueprint } from "../../../blueprints/index.ts";
import type { ModelState, TrainingRow } from "../../../schemas/index.ts";
import { guardrailFigures } from "../../../trainer/ladder/guardrail-figures.ts";

const compiled = compileBlueprint(`
useCase: parcels
decisionSpace: boolean
context: { weight: number }
features: [weight]
observations: { minutes: number, paid: number }
labels:
  late: { value: minutes > 10, wait: 1h }
  cost: { value: paid, wait: 1h, objective: regression }
reward: 0 - cost
policy: { decide: late > 0.5 }
ladder: { guardrails: { cost: { rise: 5% }, reward: { fall: 0% } } }
`);
const step = (time: number, share: number): ModelState => ({
  ...{ state: "canary", share, time, reason: "test", by: "unit", ladder: true },
});
let made = 0;
const row = (modelId: string, decisionTime: number, cost: number | null, more: object = {}): TrainingRow => ({
  ...{ modelId, decisionTime, unit: `u${made++}`, reason: "exploit", label_late: 0, reward: -(cost ?? 0) },
  ...{ [compiled.labelColumns[1]!.value]: cost, ...more },
});
const of = (rows: readonly TrainingRow[], steps: readonly ModelState[]) =>
  guardrailFigures(compiled, rows, steps, { modelId: "new", rival: "old" });

test("each label and the reward has its means, of the two models alone, where the policy acted", () => {
  const [cost, reward] = of(
    [
      ...[row("new", 20, 3), row("new", 20, 5), row("old", 20, 1), row("old", 20, 2)],
      ...[row("other", 20, 100), row("new", 20, null), row("new", 20, Number.NaN)],
      ...["holdout", "control", "logged"].map((reason) => row("new", 20, 100, { reason })),
    ],
    [step(10, 0.1)],
  );
  expect(cost).toMatchObject({ name: "cost", direction: "rise", most: 0.05, canary: { mean: 4, units: 2 } });
  expect(cost!.production).toMatchObject({ mean: 1.5, units: 2 });
  expect(reward).toMatchObject({ name: "reward", direction: "fall", canary: { units: 3 } });
  expect(reward!.production!.mean).toBe(-1.5);
});

test("a share that grew compares like times: what rose for all is no difference", () => {
  // A cost of 1 in the first step and of 3 in the second, for everybody.
  const steps = [step(10, 0.01), step(50, 0.5)];
  const rows = [
    ...Array.from({ length: 2 }, () => row("new", 20, 1)),
    ...Array.from({ length: 198 }, () => row("old", 20, 1)),
    ...Array.from({ length: 100 }, () => row("new", 60, 3)),
    ...Array.from({ length: 100 }, () => row("old", 60, 3)),
  ];
  const [cost] = of(rows, steps);
  expect(cost!.production!.mean).toBeCloseTo(cost!.canary!.mean, 12);
  expect(cost!.canary!.mean).toBeCloseTo((2 * 1 + 100 * 3) / 102, 12);
});

test("a step without rows of the canary says nothing of the others, and without rows there are no figures", () => {
  const [cost] = of([row("old", 20, 9), row("old", 60, 2), row("new", 60, 2)], [step(10, 0.1), step(50, 0.5)]);
  expect(cost!.production).toMatchObject({ mean: 2, units: 1 });
  expect(of([], [step(10, 0.1)])[0]).toMatchObject({ canary: undefined, production: undefined });
});
