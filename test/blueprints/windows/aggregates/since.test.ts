import { holdsDefinition } from "./definition.ts";

holdsDefinition("since", (events, { to }) => {
  const last = events.at(-1);
  return last === undefined ? null : (to - last.time) / 3_600_000;
});
