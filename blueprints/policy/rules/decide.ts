import type { DecideRule } from "../../blueprint.ts";
import { canonicalFormula, compileFormula, type Formula, type FormulaNode } from "../../formula/index.ts";
import { readFormula } from "../../yaml/formula.ts";
import { complain, type Place } from "../../yaml/place.ts";
import { VALUE_TYPES } from "../policy-types.ts";
import type { PolicyRuleKind, RuleKnown } from "../policy-rule.ts";

/** A formula gives the decision. */
export const decide: PolicyRuleKind<DecideRule> = {
  name: "decide",
  spaces: ["boolean", "number", "actions"],
  said: ["formula: of the decision space", "one rule is required"],
  keys: () => ({}),
  read(place, known) {
    const { names, space } = known;
    const formula = readFormula(place, names, space === undefined ? undefined : [VALUE_TYPES[space.kind]]);
    if (formula === undefined) return undefined;
    if (space?.kind === "actions") checkActions(place, formula, space.actions, known);
    const placed = { formula, place };
    return { rule: { kind: "decide", formula: formula.text }, formulas: [placed], decides: placed };
  },
  describe: ({ formula }) => [["decide", formula]],
  canonical: ({ formula }) => canonicalFormula(formula),
  compute({ formula }, types) {
    const { evaluate, trace, why } = compileFormula(formula, types);
    return { decide: evaluate, trace, why };
  },
};

/** Every string that the formula can return must be an action, so that no decision falls outside its space. */
function checkActions(
  place: Place,
  formula: Formula,
  actions: readonly string[],
  { names, formulas }: RuleKnown,
): void {
  /** Each formula once: if two uses of it were read by each formula behind it, there would be 2^n readings. */
  const seen = new Set<string | FormulaNode>();
  /** The names in reach that a formula gives itself. */
  const own = new Map<string, FormulaNode>();
  const visit = (node: FormulaNode): void => {
    if (node.kind === "let") {
      for (const { name, value } of node.bindings) own.set(name, value);
      visit(node.body);
      for (const { name } of node.bindings) own.delete(name);
    } else if (node.kind === "coalesce") {
      node.args.forEach(visit);
    } else if (node.kind === "if") {
      visit(node.then);
      visit(node.otherwise);
    } else if (node.kind === "name") {
      const part = own.get(node.name);
      if (seen.has(part ?? node.name)) return;
      seen.add(part ?? node.name);
      if (part !== undefined) return visit(part);
      const earlier = formulas.get(node.name);
      if (earlier !== undefined) visit(earlier.formula.root);
      else if (Object.hasOwn(names.known, node.name))
        complain(place, `"${node.name}" can be anything, a decision must be an action`, "name the actions in an if");
    } else if (node.kind === "literal" && typeof node.value === "string" && !actions.includes(node.value)) {
      const guess = place.source.guess(node.value, actions);
      const hint = guess === null ? `the actions: ${actions.slice(0, 12).join(", ")}` : `did you mean "${guess}"?`;
      complain(place, `"${node.value}" is no action`, hint);
    }
  };
  visit(formula.root);
}
