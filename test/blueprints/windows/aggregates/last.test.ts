import { holdsDefinition, valuesOf } from "./definition.ts";

holdsDefinition("last", (events) => {
  const valued = events.filter(({ value }) => value !== null);
  const time = valued.at(-1)?.time;
  return time === undefined ? null : Math.max(...valuesOf(valued.filter((event) => event.time === time)));
});
