import { AT_ONCE, type TargetPolicy } from "./target-policy.ts";

/** All actions of a decision's record are equally likely. */
export const uniformPolicy: TargetPolicy = {
  predictions: "none",
  modelId: null,
  atOnce: AT_ONCE,
  act: (logged) =>
    Promise.resolve(
      logged.map(({ decision: { actions } }) =>
        actions.length === 0
          ? { lacks: "action" }
          : { actions, distribution: new Array<number>(actions.length).fill(1 / actions.length) },
      ),
    ),
  lacking: () => [],
};
