import { decisions, DomainError } from "../../schemas/index.ts";
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
  let logged = 0;
  for await (const { value } of readTopic(backbone, serdes, { ...decisions, name: topic })) {
    const { decisionId, decisionTime, actions, distribution, modelId, reason } = value;
    // A replay keeps the action that history brings, with its probabilities: the version has said nothing there.
    const isLogged = reason === "logged";
    if (isLogged) logged++;
    made.set(decisionKey(decisionTime, decisionId), { actions, distribution: isLogged ? [] : distribution });
    if (modelId !== null) models.add(modelId);
  }
  if (logged > 0 && logged === made.size)
    throw new DomainError(
      "BAD_USAGE",
      "the decisions of this time were imported with their actions, which a replay keeps: `loopstream evaluate --policy` estimates by them",
    );
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
