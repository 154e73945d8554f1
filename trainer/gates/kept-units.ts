import { verdictFigure as figure } from "../figure-text.ts";
import type { GateCheck } from "./gate-check.ts";

/** Fewer say nothing: the bounds of a gain are those of many. */
const LEAST_UNITS = 30;

/**
 * On units that neither model has learnt from the candidate's file is not proved worse by more than is tolerated: than
 * the model in production, or than a constant where there is none.
 */
export const keptUnits: GateCheck = {
  name: "keptUnits",
  verdict({ metric, rule, kept, holdoutRows, inProduction }) {
    if (kept === undefined || holdoutRows === 0 || kept.rival !== inProduction) return undefined;
    const { ours, theirs, gain, units, rows } = kept;
    const other = theirs[metric];
    if (gain === undefined || other === undefined || units < LEAST_UNITS) return undefined;
    const name = kept.rival ?? "a constant";
    const shown = `${metric} ${figure(ours[metric])}, ${name} ${figure(other)}, on ${rows} rows of ${units} kept units; the gain lies between ${figure(gain.low)} and ${figure(gain.high)}`;
    const isWorse = gain.high < 0 && gain.mean < -rule.tolerance * Math.abs(other);
    return isWorse
      ? { passed: false, reason: `refused: worse than ${name} for units that neither has learnt from: ${shown}` }
      : { passed: true, reason: `for units that it has not learnt from: ${shown}` };
  },
};
