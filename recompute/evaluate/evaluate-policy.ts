import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { askedVersion, validBlueprints, type ValidBlueprints } from "../../catalogue/index.ts";
import { LeftOutRows, rowsTopic } from "../../rows/index.ts";
import { decisions, DomainError, recordLimits, type DecisionRecorded } from "../../schemas/index.ts";
import { meanEstimate, normalInterval, offPolicyEstimators, supportOf, type Estimate } from "../../statistics/index.ts";
import { readTopic } from "../../streams/index.ts";
import type { LoggedDecision } from "../logged-decisions.ts";
import { readTables, type RecomputeSource, type Tables } from "../source.ts";
import { blueprintPolicy } from "./blueprint-policy.ts";
import { Evidence } from "./evidence.ts";
import { LEVEL, SUPPORT_BOUNDS, type Estimated, type Evaluation } from "./evaluation.ts";
import { overflows, refusals } from "./refusals.ts";
import { replayedPolicy } from "./replayed-policy.ts";
import { rewardColumn } from "./reward-column.ts";
import { decisionKey, readRewards } from "./rewards.ts";
import type { Lack, TargetPolicy } from "./target-policy.ts";
import { uniformPolicy } from "./uniform-policy.ts";

export interface EvaluateOptions {
  readonly useCase: string;
  /** A version, published or not; `uniform`: all actions are equally likely. */
  readonly target: CompiledBlueprint | "uniform";
  /** The target's replay: it says what the target does, and its rows the rewards. Absent: the target acts on what was logged. */
  readonly replayed?: Replayed | undefined;
  /** Decision times `[from, to)`, ms. */
  readonly from: number;
  readonly to: number;
  /** A label or a column of the rows. Absent: the blueprint's reward, or its only label. */
  readonly reward?: string | undefined;
  /** Folds of cross-fitting the model of the reward; 1: it has seen all rewards. */
  readonly folds: number;
}

/** The topics of a replay by a version. */
export interface Replayed {
  readonly decisions: string;
  readonly rows: string;
}

/**
 * Estimates the mean reward that a policy would have had, from logged decisions with propensities and their rewards. On
 * thin support it refuses, and says by which figures. Writes nothing. Reads the rows and the decisions once each, and for
 * a choice among options the requests and events too, with all decisions in memory.
 *
 * Throws `BAD_USAGE` for rankings, for numbers, and for a target that decides on another kind of value.
 */
export async function evaluatePolicy(source: RecomputeSource, options: EvaluateOptions): Promise<Evaluation> {
  const { useCase, target, replayed, from, to, folds } = options;
  const tables = await readTables(source);
  const known = validBlueprints(tables.blueprints);
  const live = askedVersion(known, useCase);
  checkSpaces(live, target);
  const rewarding = target === "uniform" || replayed === undefined ? live : target;
  const reward = rewardColumn(rewarding, options.reward);
  const leftOutRows = new LeftOutRows(rewarding.blueprint, known);
  const topic = rowsTopic(rewarding, replayed?.rows);
  const rewards = await readRewards(source, rewarding, known, reward.column, { from, to, leftOut: leftOutRows, topic });
  const policy = await policyOf(source, tables, options);
  const evidence = new Evidence(folds);
  const lacks: Record<Lack, number> = { action: 0, features: 0, request: 0 };
  let [withoutPropensity, ofOtherVersions, rewarded] = [0, 0, 0];
  const ask = async (some: readonly Rewarded[]): Promise<void> => {
    const answers = await policy.act(some.map(({ logged }) => logged));
    for (const [at, answer] of answers.entries()) {
      const { logged, reward: of } = some[at]!;
      const { decisionId, decisionTime, value, propensity, actions, distribution } = logged.decision;
      if ("lacks" in answer) lacks[answer.lacks]++;
      else {
        const known = { decisionId, decisionTime, value: value!, propensity: propensity! };
        const taken = { ...known, reward: of, actions, distribution };
        evidence.add(taken, answer);
      }
    }
  };
  let waiting: Rewarded[] = [];
  for await (const { value: decision, origin } of readTopic(source.backbone, source.serdes, decisions, {
    isWanted: ({ timestamp }) => timestamp >= from && timestamp < to,
    onBad: () => undefined,
  })) {
    const key = decisionKey(decision.decisionTime, decision.decisionId);
    const of = decision.useCase === useCase ? rewards.get(key) : undefined;
    if (of === undefined) continue;
    // A loop that delivers at least once may have written the same one again.
    rewards.delete(key);
    rewarded++;
    if (!isAlike(decision, known, live)) ofOtherVersions++;
    else if (decision.value === null || !(decision.propensity! >= recordLimits.leastPropensity)) withoutPropensity++;
    else waiting.push({ logged: { decision, origin }, reward: of });
    if (waiting.length >= policy.atOnce) {
      await ask(waiting);
      waiting = [];
    }
  }
  if (waiting.length > 0) await ask(waiting);
  const support = supportOf(evidence.weights());
  const leftOut = {
    ...{ withoutPropensity, withoutAction: lacks.action, withoutFeatures: lacks.features },
    ...{ withoutRequest: lacks.request, ofOtherVersions },
  };
  const lacking = policy.lacking();
  const untried = evidence.untried();
  const unsupported = refusals(support, untried, leftOut, lacking);
  const modelled = unsupported.length === 0 ? evidence.modelled() : null;
  const estimates =
    modelled && Object.fromEntries(offPolicyEstimators.map(({ name, estimate }) => [name, told(estimate(modelled))]));
  const logged = support.decisions < 2 ? null : told(meanEstimate(evidence.rewards()));
  const refused = [...unsupported, ...overflows({ ...estimates, ...(logged && { logged }) })];
  return {
    ...{ useCase, policy: target === "uniform" ? target : target.blueprint.version },
    ...{ predictions: policy.predictions, modelId: policy.modelId, reward: reward.name, folds, level: LEVEL },
    ...{ rewarded, leftOut, lacking, leftOutRows: leftOutRows.all() },
    ...{ support, untried, bounds: SUPPORT_BOUNDS, refused },
    estimates: refused.length === 0 ? estimates : null,
    bet: refused.length === 0 ? evidence.bet() : null,
    logged: overflows({ ...(logged && { logged }) }).length === 0 ? logged : null,
  };
}

function policyOf(
  source: RecomputeSource,
  tables: Tables,
  { target, replayed }: EvaluateOptions,
): TargetPolicy | Promise<TargetPolicy> {
  if (target === "uniform") return uniformPolicy;
  return replayed === undefined ? blueprintPolicy(source, tables, target) : replayedPolicy(source, replayed.decisions);
}

interface Rewarded {
  readonly logged: LoggedDecision;
  readonly reward: number;
}

const told = (estimate: Estimate): Estimated => ({ ...estimate, interval: normalInterval(estimate, LEVEL) });

/** What is decided on: values of one kind, or one of the options. */
const kindOf = ({ blueprint, options }: CompiledBlueprint): string =>
  options?.isRanking === true ? "ranking" : blueprint.decisionSpace.kind;

const isAlike = ({ useCase, blueprintVersion }: DecisionRecorded, known: ValidBlueprints, live: CompiledBlueprint) => {
  const version = known.version(useCase, blueprintVersion);
  return version !== undefined && kindOf(version) === kindOf(live);
};

function checkSpaces(live: CompiledBlueprint, target: CompiledBlueprint | "uniform"): void {
  const { useCase } = live.blueprint;
  const kind = kindOf(live);
  if (kind === "ranking" || kind === "number") {
    const what = kind === "ranking" ? "rankings, whose orders are too many to have been tried" : "numbers";
    throw new DomainError(
      "BAD_USAGE",
      `use case "${useCase}" decides on ${what}: evaluate takes boolean, actions or a choice among options`,
    );
  }
  if (target === "uniform" || kindOf(target) === kind) return;
  throw new DomainError(
    "BAD_USAGE",
    `the policy decides on ${kindOf(target)}, and use case "${useCase}" on ${kind}: give a version that decides on the same`,
  );
}
