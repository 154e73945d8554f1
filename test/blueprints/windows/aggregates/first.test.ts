import { holdsDefinition, valuesOf } from "./definition.ts";

holdsDefinition("first", (events) => {
  const valued = events.filter(({ value }) => value !== null);
  const time = valued[0]?.time;
  return time === undefined ? null : Math.min(...valuesOf(valued.filter((event) => event.time === time)));
});
