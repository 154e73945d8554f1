import { extreme } from "./extreme.ts";

/** The largest value; null if there are none. */
export const max = extreme("max", "Largest", 1);
