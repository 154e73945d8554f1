import { createHash } from "node:crypto";
import type { BlueprintContent } from "../blueprint.ts";
import { canonicalJson } from "../canonical-json.ts";
import { sections } from "../sections/index.ts";

/**
 * The content's name: the first 12 hex digits of the sha256 of its sections' canonical forms. The order of features and
 * of policy formulas counts.
 */
export function blueprintVersion(content: BlueprintContent): string {
  const parts = sections.map((section) => [section.name, section.canonical(content[section.name], content)] as const);
  return createHash("sha256")
    .update(canonicalJson(Object.fromEntries(parts)))
    .digest("hex")
    .slice(0, 12);
}
