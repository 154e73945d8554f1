import { BOUNDS } from "../../defaults.ts";
import { rangeText } from "../../key-reference.ts";
import { complain } from "../../yaml/place.ts";
import { readNumber } from "../../yaml/scalars.ts";
import { readEntries } from "../../yaml/section.ts";
import type { PolicyRuleKind } from "../policy-rule.ts";

/** Units are divided into groups by a hash of their ids. */
export interface AssignRule {
  readonly kind: "assign";
  /** By action; they sum to 1. */
  readonly shares: Readonly<Record<string, number>>;
}

declare module "../../blueprint.ts" {
  interface PolicyRules {
    assign: AssignRule;
  }
}

/** Shares are written with few digits, and thirds never sum to 1. */
const MOST_OFF = 1e-6;

/** Units are divided into groups, each with its share of them. A unit stays in its group; no model is asked. */
export const assign: PolicyRuleKind<AssignRule> = {
  name: "assign",
  spaces: ["actions"],
  said: ["names of all actions, each with its share of the units", "one rule is required", rangeText("assigned")],
  keys: () => ({}),
  read(place, { space }) {
    const hint = "write { control: 0.5, treatment: 0.5 }";
    const entries = readEntries(place, "a section of actions and shares", hint);
    if (entries === undefined) return undefined;
    const actions = space?.kind === "actions" ? space.actions : [];
    const given = new Map<string, number>();
    let complete = true;
    for (const { name, key, value, again } of entries) {
      const share = readNumber(value, BOUNDS.assigned);
      if (again || share === undefined) complete = false;
      else if (space === undefined || actions.includes(name)) given.set(name, share);
      else {
        const guess = place.source.guess(name, actions);
        const mend = guess === null ? `the actions: ${actions.slice(0, 12).join(", ")}` : `did you mean "${guess}"?`;
        complete = complain(key, `"${name}" is no action`, mend) ?? false;
      }
    }
    if (!complete) return undefined;
    // Not one by one: an action may have the name of an object's own parts.
    const shares = Object.fromEntries(given);
    const left = actions.filter((action) => !Object.hasOwn(shares, action));
    if (left.length > 0)
      return complain(place, `action "${left[0]!}" has no share`, "write 0 for an action that nobody gets");
    const sum = Object.values(shares).reduce((all, share) => all + share, 0);
    if (Math.abs(sum - 1) > MOST_OFF)
      return complain(place, `the shares sum to ${Number(sum.toPrecision(12))}`, "they sum to 1");
    return { rule: { kind: "assign", shares }, formulas: [] };
  },
  *describe({ shares }) {
    for (const [action, share] of Object.entries(shares)) yield [`assign.${action}`, share];
  },
  canonical: ({ shares }) => shares,
  compute: ({ shares }) => ({ shares, trace: () => [] }),
};
