import { extreme } from "./extreme.ts";

/** The smallest value; null if there are none. */
export const min = extreme("min", "Smallest", -1);
