import { figuresText } from "../figures-text.ts";
import type { WatchCheck } from "../watch-check.ts";

/** Fewer pairs say nothing: the bounds of a gain are those of many. */
const LEAST_DECISIONS = 30;

/** The model is not proved worse than the former one by what came since. */
export const stillNoWorse: WatchCheck = {
  name: "stillNoWorse",
  worse(evidence) {
    const { gain } = evidence.comparison;
    if (gain === undefined || gain.decisions < LEAST_DECISIONS || !(gain.high < 0)) return undefined;
    return `worse than ${evidence.former}: ${figuresText(evidence)}`;
  },
};
