import { Registry } from "../../registry.ts";
import type { LabelAggregateKind } from "../label-aggregate.ts";
import { any } from "./any.ts";
import { count } from "./count.ts";
import { earliest } from "./earliest.ts";
import { latest } from "./latest.ts";
import { max } from "./max.ts";
import { mean } from "./mean.ts";
import { median } from "./median.ts";
import { min } from "./min.ts";
import { quantile } from "./quantile.ts";
import { sum } from "./sum.ts";

/** In the order of the reference. */
export const labelAggregates = new Registry<LabelAggregateKind>("label aggregate", [
  earliest,
  latest,
  sum,
  mean,
  min,
  max,
  median,
  quantile,
  any,
  count,
]);

/**
 * Adds an aggregate for `label.aggregate`. Every process that reads blueprints with it registers it before it reads the
 * first one, under the same name and with the same meaning. Throws if the name is taken.
 */
export function registerLabelAggregate(aggregate: LabelAggregateKind): void {
  labelAggregates.add(aggregate);
}
