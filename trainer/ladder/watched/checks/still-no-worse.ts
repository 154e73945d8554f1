import { LEAST_DECISIONS } from "../../../evidence/paired-gain.ts";
import { figuresText } from "../figures-text.ts";
import type { WatchCheck } from "../watch-check.ts";

/** The model is not proved worse than the former one by what came since. */
export const stillNoWorse: WatchCheck = {
  name: "stillNoWorse",
  worse(evidence) {
    const { gain } = evidence.comparison;
    if (gain === undefined || gain.decisions < LEAST_DECISIONS || !(gain.high < 0)) return undefined;
    return `worse than ${evidence.former}: ${figuresText(evidence)}`;
  },
};
