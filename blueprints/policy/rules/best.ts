import { BOUNDS, DEFAULTS } from "../../defaults.ts";
import { percentText, rangeText } from "../../key-reference.ts";
import type { FormulaValue } from "../../formula/index.ts";
import { actionsOf, loggedName, valueName } from "../../labels/prediction-names.ts";
import { complain } from "../../yaml/place.ts";
import { readShare } from "../../yaml/scalars.ts";
import { optional, readSection } from "../../yaml/section.ts";
import type { PolicyRuleKind } from "../policy-rule.ts";

/** Mostly what the log does, and for a share of decisions the action from which the rest of the episode is worth most. */
export interface BestRule {
  readonly kind: "best";
  /** Of the decisions; for the others an action is drawn as the log does. 1: all. */
  readonly share: number;
  /** Actions that the log takes more rarely in such a state are not the best one: nothing is known of them. */
  readonly within: number;
}

declare module "../../blueprint.ts" {
  interface PolicyRules {
    best: BestRule;
  }
}

/** What the names of values begin with. */
const VALUE = valueName("");
/** The actions of a decision of yes or no. */
const BOOLEANS = actionsOf({ kind: "boolean" }).join();

/** The action with the highest value; of equal ones the earlier. */
export const best: PolicyRuleKind<BestRule> = {
  name: "best",
  spaces: ["boolean", "actions"],
  said: ["section", "one rule is required"],
  keys: () => ({
    share: ["percentage", percentText(DEFAULTS.best.share), rangeText("loggedShare", percentText)],
    within: ["percentage", percentText(DEFAULTS.best.within), rangeText("loggedShare", percentText)],
  }),
  read(place, { names, space }) {
    const section = readSection(place, ["share", "within"]);
    const read = (name: "share" | "within"): number | undefined =>
      optional(section, name, DEFAULTS.best[name], (at) => readShare(at, BOUNDS.loggedShare));
    const [share, within] = [read("share"), read("within")];
    if (space !== undefined && names.complete && !Object.keys(names.known).some((name) => name.startsWith(VALUE)))
      return complain(
        place,
        "no model learns what actions are worth",
        "write episodes: { learn: { learner: fittedQ } }",
      );
    if (space?.kind === "actions" && space.actions.join() === BOOLEANS)
      return complain(place, "the actions are the texts false and true", "write decisionSpace: boolean");
    if (share === undefined || within === undefined) return undefined;
    return { rule: { kind: "best", share, within }, formulas: [] };
  },
  *describe({ share, within }) {
    yield ["best.share", percentText(share)];
    yield ["best.within", percentText(within)];
  },
  canonical: ({ share, within }) => ({ share, within }),
  compute({ share, within }, types) {
    const actions = Object.keys(types)
      .filter((name) => name.startsWith(VALUE) && Object.hasOwn(types, loggedName(name.slice(VALUE.length))))
      .map((name) => name.slice(VALUE.length));
    const isBoolean = actions.join() === BOOLEANS;
    const read = (get: Get): { readonly best: number; readonly logged: readonly number[] } | null => {
      const values = numbers(actions, (action) => get(valueName(action)));
      const logged = numbers(actions, (action) => get(loggedName(action)));
      if (values === null || logged === null) return null;
      let at = -1;
      for (let action = 0; action < actions.length; action++)
        if (logged[action]! >= within && (at < 0 || values[action]! > values[at]!)) at = action;
      // Where the log takes no action so often, it is its own most likely one.
      return { best: at < 0 ? logged.indexOf(Math.max(...logged)) : at, logged };
    };
    return {
      decide(get) {
        const found = read(get);
        if (found === null) return null;
        const action = actions[found.best]!;
        return isBoolean ? action === "true" : action;
      },
      distribution(get) {
        const found = read(get);
        if (found === null) return null;
        const sum = found.logged.reduce((all, one) => all + one, 0);
        return found.logged.map((one, at) => (1 - share) * (one / sum) + (at === found.best ? share : 0));
      },
      trace: () => [],
    };
  },
};

type Get = (name: string) => FormulaValue;

function numbers(actions: readonly string[], get: Get): readonly number[] | null {
  const values = actions.map(get);
  return values.every((value): value is number => typeof value === "number") ? values : null;
}
