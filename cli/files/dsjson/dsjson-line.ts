import type { BanditDecision, NamedValues } from "../../../recompute/index.ts";

/** A feature of this name says how many of the decisions a log has left out, and is written in its place. */
export const PDROP = "pdrop";

/**
 * A decision as Vowpal Wabbit reads it with `--dsjson`. Actions are numbers from 1, in the order of `_multi`; the one
 * that was taken is the first of `a`, and the others follow in that order. The cost is minus the reward.
 */
export function dsjsonLine({ decisionId, unit, time, reward, ...decision }: BanditDecision): string {
  const { shared, actions, taken, probabilities, propensity } = decision;
  const order = [taken, ...actions.keys()].filter((at, place) => place === 0 || at !== taken);
  const { [PDROP]: dropped, ...features } = Object.fromEntries(shared) as Record<string, unknown>;
  return JSON.stringify({
    _label_cost: 0 - reward,
    _label_probability: propensity,
    _label_Action: taken + 1,
    _labelIndex: taken,
    Timestamp: new Date(time).toISOString(),
    Version: "1",
    EventId: decisionId,
    Unit: unit,
    a: order.map((at) => at + 1),
    c: { ...features, _multi: actions.map(({ id, features: own }) => optionOf(id, own)) },
    p: order.map((at) => probabilities[at]),
    pdrop: dropped ?? 0,
  });
}

/** A feature may have the name `id`: it keeps it, and `_tag` alone has the id. */
const optionOf = (id: string, features: NamedValues): object => ({ _tag: id, id, ...Object.fromEntries(features) });
