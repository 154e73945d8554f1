import { holdsDefinition, valuesOf } from "./definition.ts";

holdsDefinition("min", (events) => {
  const values = valuesOf(events);
  return values.length === 0 ? null : Math.min(...values);
});
