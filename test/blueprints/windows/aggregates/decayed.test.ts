import { holdsDefinition, valuesOf } from "./definition.ts";

holdsDefinition(
  "decayed",
  (events, { to, parameterMs }) =>
    valuesOf(events).length === 0
      ? null
      : events.reduce(
          (sum, { time, value }) => (value === null ? sum : sum + value * Math.pow(2, (time - to) / parameterMs!)),
          0,
        ),
  50,
);
