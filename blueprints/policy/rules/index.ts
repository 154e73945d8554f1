import { DomainError } from "../../../schemas/index.ts";
import type { BlueprintContent, PolicyRule } from "../../blueprint.ts";
import { Registry } from "../../registry.ts";
import type { PolicyRuleKind } from "../policy-rule.ts";
import { assign } from "./assign.ts";
import { best } from "./best.ts";
import { choose } from "./choose.ts";
import { decide } from "./decide.ts";
import { rank } from "./rank.ts";

/** In the order of the reference. A policy without the key of any rule is told that the first is missing. */
export const policyRules = new Registry<PolicyRuleKind>("policy rule", [decide, choose, rank, assign, best]);

/**
 * Adds a rule for policies. Every process that reads blueprints with it registers it before it reads the first one,
 * under the same name and with the same meaning. Throws if the name is taken.
 */
export function registerPolicyRule(kind: PolicyRuleKind): void {
  const { name } = kind as { readonly name: string };
  if (name === "formulas" || name === "params")
    throw new DomainError("BAD_PART", `"${name}" is a key of every policy; give the rule another name`);
  policyRules.add(kind);
}

/** Whether options are scored one by one: then rows are of options. */
export const isOverOptions = ({ policy }: Pick<BlueprintContent, "policy">): boolean =>
  kindOfRule(policy.rule).over !== undefined;

export const kindOfRule = (rule: PolicyRule): PolicyRuleKind => policyRules.get(rule.kind);
