import formerState from "./former-state.json" with { type: "json" };

/**
 * Schemas of stored values by `operator.store`, for a state that keeps no schemas. They never change; the stores' own
 * may.
 */
export { formerState };
