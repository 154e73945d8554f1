import type { AvroSchema } from "../streams/client/index.ts";
import schemas from "./former-state.json" with { type: "json" };

type Stored = "join.pending" | "join.decided" | "join.more" | "decide.answered" | "restate.live";

/**
 * Schemas of stored values by `operator.store`, for a state that keeps no schemas. They never change; the stores' own
 * may.
 */
export const formerState: Readonly<Record<Stored, AvroSchema>> = schemas;
