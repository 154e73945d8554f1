import type { PolicyRule } from "../../blueprint.ts";
import { Registry } from "../../registry.ts";
import type { PolicyRuleKind } from "../policy-rule.ts";
import { decide } from "./decide.ts";

/** In the order of the reference. A policy without any rule's key lacks the first. */
export const policyRules = new Registry<PolicyRuleKind>("policy rule", [decide]);

/**
 * Adds a rule that a policy may have. Every process that reads blueprints with it registers it before the first one is read, under the same name and
 * with the same meaning. Throws where the name is taken.
 */
export function registerPolicyRule(kind: PolicyRuleKind): void {
  if (kind.name === ("formulas" as PolicyRule["kind"]))
    throw new TypeError(`"formulas" is a key of every policy; give the rule another name`);
  policyRules.add(kind);
}

export const kindOfRule = (rule: PolicyRule): PolicyRuleKind => policyRules.get(rule.kind);
