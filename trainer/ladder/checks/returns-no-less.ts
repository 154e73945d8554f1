import { stepAfter } from "../../../catalogue/index.ts";
import { figureText } from "../../figure-text.ts";
import type { LadderCheck } from "../ladder-check.ts";
import { LEAST_UNITS } from "../least-units.ts";
import type { ReturnFigures } from "../return-figures.ts";

const figure = (value: number): string => figureText(value, 4);

/**
 * Episodes of the canary return no less than those of the others. Proved to return less: the model fails. For a larger share they return no less
 * than is tolerated so far; for production that is proved.
 */
export const returnsNoLess: LadderCheck = {
  name: "returnsNoLess",
  verdict({ ladder, state, tolerance, rival, episodes }) {
    const returns = episodes?.returns;
    if (returns === undefined) return undefined;
    const { canary, production, difference } = returns;
    const beside = besideThese(returns);
    if (difference === undefined || Math.min(canary!.units, production!.units) < LEAST_UNITS) {
      const units = `${canary?.units ?? 0} units of the canary and ${production?.units ?? 0} others`;
      return {
        kind: "wait",
        reason: `returns of episodes are known of ${units}, and ${LEAST_UNITS} of each are needed${beside}`,
      };
    }
    const ours = `${figure(canary!.mean)} in ${canary!.episodes} episodes of ${canary!.units} units of the canary`;
    const theirs = `${figure(production!.mean)} in ${production!.episodes} of ${production!.units} others`;
    const bounds = `the difference lies between ${figure(difference.low)} and ${figure(difference.high)}`;
    const figures = `an episode returns ${ours} and ${theirs}; ${bounds}${beside}`;
    if (difference.high < 0) return { kind: "fail", reason: `worse than ${rival}: ${figures}` };
    const tolerated = tolerance * Math.abs(production!.mean);
    const isLast = stepAfter(ladder, state) === "production";
    if (difference.low >= -tolerated)
      return { kind: "pass", reason: `no worse than ${rival} by ${figure(tolerated)}: ${figures}` };
    if (!isLast && difference.value >= -tolerated)
      return { kind: "pass", reason: `no worse than ${rival} by ${figure(tolerated)} so far: ${figures}` };
    return { kind: "wait", reason: `not yet proved no worse than ${rival} by ${figure(tolerated)}: ${figures}` };
  },
};

function besideThese({ tooNew, ofNoArm }: ReturnFigures): string {
  const told = [
    ...(tooNew > 0 ? [`${tooNew} not over or too new`] : []),
    ...(ofNoArm > 0 ? [`${ofNoArm} of no arm`] : []),
  ];
  return told.length === 0 ? "" : `; beside them are ${told.join(" and ")}`;
}
