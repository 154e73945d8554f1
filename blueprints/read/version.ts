import { createHash } from "node:crypto";
import type { BlueprintContent } from "../blueprint.ts";
import { canonicalJson } from "../canonical-json.ts";
import { canonicalFormula } from "../formula/index.ts";
import { defaultRetention } from "./read-retention.ts";

/**
 * The content's name. Comments, layout, key order and written-out defaults don't change it; the order of features and of
 * policy formulas does. An entry added to blueprints later must stay out of the hash while it holds its default:
 * otherwise an upgrade renames every version in the topics.
 */
export function blueprintVersion(content: BlueprintContent): string {
  const { label, policy, retention } = content;
  const usual = canonicalJson(retention) === canonicalJson(defaultRetention(content.join.ttlMs));
  const canonical = canonicalJson({
    ...content,
    retention: usual ? undefined : retention,
    label: {
      ...label,
      when: label.when === null ? null : canonicalFormula(label.when),
      value: canonicalFormula(label.value),
    },
    policy: {
      formulas: policy.formulas.map(({ name, formula }) => ({ name, formula: canonicalFormula(formula) })),
      decide: canonicalFormula(policy.decide),
    },
  });
  return createHash("sha256").update(canonical).digest("hex").slice(0, 12);
}
