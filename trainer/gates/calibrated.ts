import { figureText } from "../figure-text.ts";
import type { GateCheck } from "./gate-check.ts";

/** What the candidate predicts comes about as often, or is as large, as it says. */
export const calibrated: GateCheck = {
  name: "calibrated",
  verdict({ rule, calibration }) {
    if (rule.calibration === null || calibration === undefined) return undefined;
    const { excess, mean } = calibration;
    const allowed = rule.calibration * Math.abs(mean);
    const figures = `predictions are off by ${figureText(excess, 5)} beyond chance, and ${figureText(allowed, 5)} is allowed`;
    return excess <= allowed
      ? { passed: true, reason: figures }
      : { passed: false, reason: `refused: badly calibrated: ${figures}` };
  },
};
