import { BOUNDS } from "../defaults.ts";
import { booleanOf } from "../values/boolean-value.ts";
import type { LabelPlan } from "./label/label-plan.ts";
import { shareOfTrue, type LabelFacts } from "./label/label-values.ts";
import type { SuggestGiven } from "./suggest-given.ts";
import type { Suggestion } from "./suggestion.ts";
import { yamlText } from "./suggestion-text.ts";
import { percent } from "./words.ts";

export interface DecisionPlan {
  readonly space: Suggestion["decisionSpace"];
  readonly decide: Suggestion["decide"];
}

/** What may be decided, by the actions of the file where it has them, and a policy to begin with. */
export function planDecision(
  { decisions, columns }: Pick<SuggestGiven, "decisions" | "columns">,
  label: string,
  { isBinary }: LabelPlan,
  { labels }: LabelFacts,
): DecisionPlan {
  const known = labels.flatMap((value) => (value === null ? [] : [value])).sort((a, b) => a - b);
  const bound = boundOf(known, isBinary);
  const above = `${label} > ${bound}`;
  const why = isBinary
    ? `yes where it is likelier than on average: ${percent(shareOfTrue(known))} of the labels are true`
    : "the median of the labels";
  const actions = columns.action === undefined ? undefined : decisions.columns.get(columns.action);
  if (actions === undefined) {
    if (isBinary) return { space: { text: "boolean", why: "yes or no" }, decide: { formula: above, why } };
    return { space: { text: "number", why: "the prediction itself" }, decide: { formula: label, why: "" } };
  }
  const said = `the actions of ${columns.action!}`;
  const values = actions.distinct.frequent.map(([value]) => value);
  const { shape } = actions;
  if (shape.values > 0 && values.every((value) => typeof booleanOf(value) === "boolean"))
    return { space: { text: "boolean", why: said }, decide: { formula: above, why } };
  if (shape.values > 0 && shape.numbers === shape.values && shape.codes === 0)
    return { space: { text: "number", why: said }, decide: { formula: label, why: "" } };
  const usable = values.filter((value) => value.trim() !== "" && value.length <= BOUNDS.actionLength);
  const [first = "yes", second = first] = usable;
  const names = usable.length === 0 ? [first] : usable.slice(0, BOUNDS.actions);
  const text = `{ actions: [${names.map((name) => JSON.stringify(name)).join(", ")}] }`;
  const formula = `if(${above}, ${JSON.stringify(first)}, ${JSON.stringify(second)})`;
  return { space: { text, why: said }, decide: { formula: yamlText(formula), why } };
}

/** Between what a prediction can be, to two digits. */
function boundOf(known: readonly number[], isBinary: boolean): number {
  if (!isBinary) return known[known.length >> 1] ?? 0;
  return Number(Math.min(0.99, Math.max(0.01, shareOfTrue(known))).toFixed(2));
}
