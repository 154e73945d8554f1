import { holdsDefinition, valuesOf } from "./definition.ts";
import { populationVariance } from "./population.ts";

holdsDefinition("stddev", (events) => {
  const variance = populationVariance(valuesOf(events));
  return variance === null ? null : Math.sqrt(variance);
});
