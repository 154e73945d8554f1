import formerState from "./former-state.json" with { type: "json" };

/** By `operator.store`: the schemas of stored values in a state that keeps no schemas. They never change; the stores' own may. */
export { formerState };
