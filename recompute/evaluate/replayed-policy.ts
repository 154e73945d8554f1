import { decisions } from "../../schemas/index.ts";
import { readTopic } from "../../streams/index.ts";
import type { RecomputeSource } from "../source.ts";
import { decisionKey } from "./rewards.ts";
import { AT_ONCE, type Acted, type Lacks, type TargetPolicy } from "./target-policy.ts";

/**
 * What a version would have done, as a replay by it has decided: with its own features, its model and its exploration. In
 * memory: the actions and probabilities of each decision.
 *
 * @param topic the replay's decisions
 */
export async function replayedPolicy({ backbone, serdes }: RecomputeSource, topic: string): Promise<TargetPolicy> {
  const made = new Map<string, Acted>();
  const models = new Set<string>();
  for await (const { value } of readTopic(backbone, serdes, { ...decisions, name: topic })) {
    const { decisionId, decisionTime, actions, distribution, modelId } = value;
    made.set(decisionKey(decisionTime, decisionId), { actions, distribution });
    if (modelId !== null) models.add(modelId);
  }
  return {
    predictions: models.size === 0 ? "none" : "model",
    modelId: [...models].at(-1) ?? null,
    atOnce: AT_ONCE,
    lacking: () => [],
    act: (logged) =>
      Promise.resolve(
        logged.map(({ decision }): Acted | Lacks => {
          const acted = made.get(decisionKey(decision.decisionTime, decision.decisionId));
          if (acted === undefined) return { lacks: "request" };
          return acted.distribution.length === 0 ? { lacks: "action" } : acted;
        }),
      ),
  };
}
