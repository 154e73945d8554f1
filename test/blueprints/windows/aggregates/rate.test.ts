import { holdsDefinition } from "./definition.ts";

holdsDefinition("rate", (events, { windowMs }) => events.length / (windowMs / 3_600_000));
