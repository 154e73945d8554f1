import type { LabelAggregateKind } from "../label-aggregate.ts";
import { labelAggregates } from "./index.ts";

/** An aggregate as `label.aggregate` has it: its name, or with a parameter `quantile(0.9)`. */
const WRITTEN = /^\s*([a-zA-Z]\w*)\s*(?:\(\s*(.*?)\s*\))?\s*$/;

/** The kind and what is in parentheses behind it; `undefined`: it is not written so, or there is no such kind. */
export function writtenAggregate(
  text: string,
): { readonly kind: LabelAggregateKind; readonly parameter: string | undefined } | undefined {
  const [, name, parameter] = WRITTEN.exec(text) ?? [];
  const kind = labelAggregates.all().find((known) => known.name === name);
  return kind === undefined ? undefined : { kind, parameter };
}

/** The aggregate that a checked blueprint names. Throws for one that is not registered. */
export function aggregateOf(text: string): LabelAggregateKind {
  const { kind, parameter } = writtenAggregate(text) ?? { kind: labelAggregates.get(text), parameter: undefined };
  return parameter === undefined ? kind : { ...kind, start: () => kind.start(Number(parameter)) };
}
