import { DomainError } from "../../../schemas/index.ts";
import { Registry } from "../../registry.ts";
import type { WindowAggregateKind } from "../window-aggregate.ts";
import { count } from "./count.ts";
import { decayed } from "./decayed.ts";
import { distinct } from "./distinct.ts";
import { first } from "./first.ts";
import { last } from "./last.ts";
import { max } from "./max.ts";
import { mean } from "./mean.ts";
import { min } from "./min.ts";
import { rate } from "./rate.ts";
import { since } from "./since.ts";
import { stddev } from "./stddev.ts";
import { sum } from "./sum.ts";
import { top } from "./top.ts";
import { variance } from "./variance.ts";

/** In the order of the reference. */
export const windowAggregates = new Registry<WindowAggregateKind>("window aggregate", [
  count,
  sum,
  mean,
  last,
  first,
  min,
  max,
  variance,
  stddev,
  since,
  rate,
  distinct,
  top,
  decayed,
]);

/** Keys of a window beside its aggregate. */
const TAKEN: readonly string[] = ["of", "by", "in", "open", "when", "halfLife"];

/** Adds an aggregate of windows, as `registerLabelAggregate` adds one of labels. */
export function registerWindowAggregate(aggregate: WindowAggregateKind): void {
  if (TAKEN.includes(aggregate.name))
    throw new DomainError("BAD_PART", `"${aggregate.name}" is a key of windows already`);
  windowAggregates.add(aggregate);
}
