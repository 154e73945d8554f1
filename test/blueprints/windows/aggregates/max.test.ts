import { holdsDefinition, valuesOf } from "./definition.ts";

holdsDefinition("max", (events) => {
  const values = valuesOf(events);
  return values.length === 0 ? null : Math.max(...values);
});
