import { figureText } from "../figure-text.ts";
import type { Slice } from "../evidence/slices.ts";
import type { GateCheck } from "./gate-check.ts";

/** Slices that are told. */
const MOST_TOLD = 5;
const figure = (value: number): string => figureText(value, 5);

/** For no value of the features that the blueprint names the candidate is proved worse, and worse by more than is tolerated. */
export const noSliceWorse: GateCheck = {
  name: "noSliceWorse",
  verdict({ metric, rule, rival, inProduction, slices }) {
    if (rule.slices.length === 0 || rival === undefined || inProduction !== rival.modelId) return undefined;
    const isWorse = ({ gain, theirs }: Slice): boolean =>
      gain.high < 0 && gain.mean < -rule.tolerance * Math.abs(theirs);
    const worse = slices.filter(isWorse);
    const by = rule.slices.join(", ");
    if (worse.length === 0) return { passed: true, reason: `none of ${slices.length} slices by ${by} is worse` };
    const told = worse.slice(0, MOST_TOLD).map(({ feature, value, gain, theirs }) => {
      const other = `${rival.modelId} ${figure(theirs)} on ${gain.decisions} decisions`;
      return `${feature} ${value} by ${figure(-gain.mean)} of ${metric}, ${other}`;
    });
    const more = worse.length > MOST_TOLD ? ` and ${worse.length - MOST_TOLD} more` : "";
    return { passed: false, reason: `refused: worse for ${told.join("; ")}${more}` };
  },
};
