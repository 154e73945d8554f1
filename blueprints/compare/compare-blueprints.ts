import type { BlueprintContent } from "../blueprint.ts";
import { describeContent } from "./describe.ts";

export interface Change {
  /** As in the YAML: `label.wait`, `features.m_origin_dep_1h`. */
  readonly path: string;
  /** Null when it was added. */
  readonly before: string | null;
  /** Null when it was removed. */
  readonly after: string | null;
  /** `label.wait: 36h → 24h`, for people. */
  readonly text: string;
}

/** The changes from `before` to `after`, in the order of the file; empty if the contents are equal. */
export function compareBlueprints(before: BlueprintContent, after: BlueprintContent): readonly Change[] {
  const several = before.labels.length > 1 || after.labels.length > 1;
  const old = describeContent(before, several);
  const now = describeContent(after, several);
  const changes: Change[] = [];
  for (const path of new Set([...now.keys(), ...old.keys()])) {
    const a = old.get(path) ?? null;
    const b = now.get(path) ?? null;
    if (a === b) continue;
    const text =
      a === null ? `${path}: added, ${b}` : b === null ? `${path}: removed, was ${a}` : `${path}: ${a} → ${b}`;
    changes.push({ path, before: a, after: b, text });
  }
  for (const [path, a, b] of [
    ["features", before.features, after.features],
    ["labels", before.labels, after.labels],
    ["policy.formulas", before.policy.formulas, after.policy.formulas],
  ] as const) {
    const namesA = a.map(({ name }) => name).filter((name) => b.some((other) => other.name === name));
    const namesB = b.map(({ name }) => name).filter((name) => a.some((other) => other.name === name));
    if (namesA.join() === namesB.join()) continue;
    changes.push({ path, before: namesA.join(", "), after: namesB.join(", "), text: `${path}: in another order` });
  }
  return changes;
}
