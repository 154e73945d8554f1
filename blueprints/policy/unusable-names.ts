import type { ContextType, Feature, ObservationType } from "../blueprint.ts";
import { entriesOf, entryName } from "../features/slots.ts";
import type { UnusableName } from "../formula/index.ts";
import { POSTERIOR_NAMES } from "../posterior/names.ts";

/** The parts of a blueprint whose names a policy may be thought to know. */
export interface NamesBesidePolicy {
  readonly context: Readonly<Record<string, ContextType>>;
  readonly observations: Readonly<Record<string, ObservationType>>;
  readonly features: readonly Feature[];
  readonly labels: readonly string[];
  /** Null: there is none. Absent: its names mean nothing here. */
  readonly posterior?: object | null | undefined;
}

/** Names that a blueprint has and no formula of the policy can use, with the reason. */
export function unusableInPolicy(beside: NamesBesidePolicy): Map<string, UnusableName> {
  const names = new Map<string, UnusableName>();
  for (const name of Object.keys(beside.observations)) {
    names.set(name, {
      reason: `"${name}" is said by observations, after the decision`,
      hint: `a policy knows the prediction: ${beside.labels.join(", ")}`,
    });
  }
  for (const [name, type] of Object.entries(beside.context)) {
    const hint =
      type === "key" ? "a key is never seen: make it a category, and a feature" : "put it among the features";
    names.set(name, { reason: `"${name}" is a ${type} of the context, and no feature`, hint });
  }
  for (const entry of entriesOf(beside.features)) {
    const columns = entry.map(({ name }) => name);
    const hint = `name one of them, such as ${columns[0]!}`;
    if (columns[0] !== entryName(entry))
      names.set(entryName(entry), {
        reason: `"${entryName(entry)}" has the columns of ${columns.length} features`,
        hint,
      });
  }
  for (const name of beside.posterior === null ? POSTERIOR_NAMES : []) {
    names.set(name, { reason: `"${name}" is of a posterior, and there is none`, hint: "write a section posterior" });
  }
  for (const label of beside.labels) {
    names.set(`prediction_${label}`, { reason: `"prediction_${label}" is a column of rows`, hint: `write ${label}` });
  }
  return names;
}

/** A formula that is used by itself or by one above it. */
export const laterFormula = (name: string, by: string): UnusableName =>
  name === by
    ? { reason: `"${name}" can't be made of itself`, hint: "name a prediction, a feature or a formula above" }
    : { reason: `"${name}" is written below "${by}"`, hint: "a formula uses those above it: put it first" };
