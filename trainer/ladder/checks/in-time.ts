import type { LadderCheck, LadderEvidence, LadderVerdict } from "../ladder-check.ts";

/** Fewer decisions say nothing of the time that one takes. */
const LEAST = 20;

/** Half of the predictions of single decisions take no longer than the blueprint says. */
export const inTime = {
  name: "inTime",
  verdict({ ladder, trial }: Pick<LadderEvidence, "ladder" | "trial">): LadderVerdict | undefined {
    const { ms, decisions } = trial;
    if (ms === null || decisions < LEAST || ms <= ladder.latencyMs) return undefined;
    const median = `it takes ${Number(ms.toPrecision(3))} ms a decision, the median of the newest ${decisions}`;
    return { kind: "fail", reason: `${median}, and ${ladder.latencyMs} ms are allowed` };
  },
} satisfies LadderCheck;
