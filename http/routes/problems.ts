import { problem } from "../wire/values.ts";

/** The responses that every route may give beside its own. */
export const problems = { default: problem } as const;
