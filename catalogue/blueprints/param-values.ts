import { valueRefusal, valuesWith, type Blueprint, type ParamValues } from "../../blueprints/index.ts";
import type { BlueprintPublished } from "../../schemas/index.ts";
import { ownValue } from "../../streams/index.ts";
import { timeline, type Span } from "../timeline.ts";

/**
 * The spans of event time with the values of a version's parameters in each, from its first change on. Each change
 * names some of them; the others keep their values.
 */
export function paramSpans(
  { parameters }: Pick<BlueprintPublished, "parameters">,
  { policy }: Blueprint,
): readonly Span<ParamValues>[] {
  const spans = timeline(
    parameters,
    () => 0,
    (held: Readonly<Record<string, number | null>> | undefined, { values }) => ({ ...held, ...values }),
  );
  return spans.map(({ after, held = {} }) => {
    const set = Object.entries(held).filter((entry): entry is [string, number] => entry[1] !== null);
    return { after, held: valuesWith(policy.params, Object.fromEntries(set)) };
  });
}

/** The reason that a version's parameters can't have these values, in words; `undefined`: they can. */
export function paramProblem(
  { policy }: Blueprint,
  values: Readonly<Record<string, number | null>>,
): string | undefined {
  for (const [name, value] of Object.entries(values)) {
    const param = ownValue(policy.params, name);
    if (param === undefined) {
      const known = Object.keys(policy.params).join(", ");
      return `the policy has no parameter "${name}" (${known === "" ? "it has none" : `known: ${known}`})`;
    }
    const refusal = value === null ? undefined : valueRefusal(param, value);
    if (refusal !== undefined) return `parameter "${name}": ${refusal}`;
  }
  return undefined;
}
