import { compileBlueprint } from "../../blueprints/index.ts";
import type { DecisionRecorded, Joined } from "../../schemas/index.ts";
import { decision } from "../operators/parcels.ts";

/** A ranking: of the options that each request brings three are shown. */
export const TEXT = `
useCase: articles
decisionSpace: { options: { age: number, genre: category } }
context: { weight: number }
observations: { place: number, clicked: boolean }
features:
  - weight
  - age
  - option
  - gap: { formula: weight - age }
  - at: { shownPosition: 1, observed: place }
label: { name: click, value: clicked, default: 0, wait: 1h }
model: { rounds: 12, depth: 3 }
policy: { rank: { score: click, show: 3 } }
training: { schedule: "0 4 * * *", freshRows: 20%, minRows: 200, holdout: 20% }
`;
export const compiled = compileBlueprint(TEXT);
export const HOUR = 3_600_000;
export const START = Date.UTC(2026, 0, 5);

type OptionRecorded = DecisionRecorded["options"][number];
export const option = (optionId: string, position: number | null, age: number | null, weight = 5): OptionRecorded => ({
  ...{ optionId, position, sampled: position === null ? 0.5 : 1, propensity: position === null ? null : 1, keys: {} },
  features: [age, optionId, age === null ? null : weight - age],
  predictions: { click: 0.25 },
  score: 0.25,
});

/** The vector's own part: features of options are null in it. */
export const ranking = (
  decisionId: string,
  time: number,
  options: readonly OptionRecorded[],
  more: Partial<DecisionRecorded> = {},
): DecisionRecorded =>
  decision(decisionId, time, {
    ...{ useCase: "articles", blueprintVersion: compiled.blueprint.version, features: [5, null, null, null, 1] },
    ...{ predictions: {}, actions: [], distribution: [], value: options[0]?.optionId ?? null },
    ...{ options, candidates: 9, keys: {} },
    ...more,
  });

export const joinedOf = (made: DecisionRecorded, at: number | null, more: Partial<Joined> = {}): Joined => ({
  ...{ decision: made, label: 1, labelTime: made.decisionTime + 1, rowTime: made.decisionTime + HOUR },
  ...{ maturity: "mature", others: [], waiting: [], settled: [], option: at },
  position: at === null ? null : made.options[at]!.position,
  ...more,
});
