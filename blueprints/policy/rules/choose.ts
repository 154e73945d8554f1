import { canonicalFormula, compileFormula } from "../../formula/index.ts";
import type { PolicyRuleKind } from "../policy-rule.ts";
import { byScore, numberOrNull, readCondition, readScored } from "./over-options.ts";

/** The option with the highest score is chosen. */
export interface ChooseRule {
  readonly kind: "choose";
  /** A number for each option. */
  readonly score: string;
  /** A boolean by option: it is never chosen. Null: all may be. */
  readonly exclude: string | null;
}

declare module "../../blueprint.ts" {
  interface PolicyRules {
    choose: ChooseRule;
  }
}

/** The option with the highest score; of equal ones the earlier. */
export const choose: PolicyRuleKind<ChooseRule> = {
  name: "choose",
  spaces: ["actions", "options"],
  over: "choice",
  said: ["formula: number, by option; or a section", "one rule is required"],
  keys: () => ({
    score: ["formula: number, by option", "required in a section"],
    exclude: ["formula: boolean, by option", "none"],
  }),
  read(place, known) {
    const read = readScored(place, known, ["score", "exclude"]);
    const exclude = readCondition(read, "exclude", known);
    if (read.score === undefined || exclude === undefined) return undefined;
    const rule = { kind: "choose", score: read.score.text, exclude: exclude?.text ?? null } as const;
    return { rule, formulas: read.formulas };
  },
  *describe({ score, exclude }) {
    yield ["choose", score];
    if (exclude !== null) yield ["choose.exclude", exclude];
  },
  canonical: ({ score, exclude }) => ({
    score: canonicalFormula(score),
    exclude: exclude === null ? undefined : canonicalFormula(exclude),
  }),
  compute({ score, exclude }, types) {
    const scoring = compileFormula(score, types);
    const excluding = exclude === null ? null : compileFormula(exclude, types);
    return {
      trace: scoring.trace,
      why: scoring.why,
      select(options, isScored) {
        const scores = options.map((get) => (isScored ? numberOrNull(scoring.evaluate(get)) : null));
        const allowed = byScore(scores).filter((index) => excluding?.evaluate(options[index]!) !== true);
        const [first] = allowed;
        // What has no score is chosen only where nothing is scored: then the product's own order acts.
        const isChosen = first !== undefined && (!isScored || scores[first] !== null);
        return {
          ...{ scores, shown: isChosen ? [first] : [] },
          eligible: () => allowed.filter((index) => !isScored || scores[index] !== null).sort((a, b) => a - b),
        };
      },
    };
  },
};
