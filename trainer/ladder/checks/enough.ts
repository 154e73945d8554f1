import { stateText } from "../../../catalogue/index.ts";
import type { LadderCheck } from "../ladder-check.ts";

/** So many labelled decisions as the blueprint asks for on this step. */
export const enough: LadderCheck = {
  name: "enough",
  verdict({ ladder, state, comparison: { gain }, episodes, own }) {
    const isCanary = state.state === "canary";
    const compared = episodes?.estimate?.decisions ?? gain?.decisions ?? 0;
    const [counted, needed] = isCanary ? [own, ladder.decisions] : [compared, ladder.shadow ?? 0];
    const what = isCanary ? `labelled decisions of its own as ${stateText(state)}` : "labelled decisions in shadow";
    if (counted >= needed) return { kind: "pass", reason: `${counted} ${what}` };
    return { kind: "wait", reason: `${counted} of the ${needed} ${what} that are needed` };
  },
};
