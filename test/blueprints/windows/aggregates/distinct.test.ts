import { holdsDefinition, valuesOf } from "./definition.ts";

holdsDefinition("distinct", (events) => new Set(valuesOf(events)).size);
