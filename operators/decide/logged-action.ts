import type { CompiledBlueprint, DecisionSpace } from "../../blueprints/index.ts";
import { type DecisionRecorded, type DecisionRequested, DomainError, type LoggedAction } from "../../schemas/index.ts";
import { SOURCE_HEADER, type Headers } from "../../streams/index.ts";
import { distributedOver, distributionProblem, recordedDistribution, tooSmallProblem } from "./logged-distribution.ts";
import { rankingProblem } from "./logged-ranking.ts";

/** The action to record instead of the policy's decision, or the reason that it is not recorded. */
export type LoggedReading =
  | { readonly kind: "none" }
  | { readonly kind: "taken"; readonly action: LoggedAction }
  /** The policy decides, as if the request had no action. */
  | { readonly kind: "ignored"; readonly error: DomainError }
  /** Nothing is recorded: the true action of that time is not known. */
  | { readonly kind: "refused"; readonly error: DomainError };

const none: LoggedReading = Object.freeze({ kind: "none" });

/**
 * The action in a request. A feed of history may bring one. A product may not choose its own answer, so the action is
 * ignored in a request that is not of a feed.
 */
export function loggedAction(
  request: DecisionRequested,
  headers: Headers,
  { blueprint: { decisionSpace: space }, options }: Pick<CompiledBlueprint, "blueprint" | "options">,
): LoggedReading {
  const { logged: action, decisionId, useCase } = request;
  if (action === null) return none;
  const where = `decision ${decisionId} of use case ${useCase}`;
  if (!isHistory(headers)) {
    const message = `${where} came with an action: only a feed of history may bring one (header ${SOURCE_HEADER}); the policy has decided`;
    return { kind: "ignored", error: new DomainError("BAD_ACTION", message) };
  }
  const problem =
    options?.isRanking === true
      ? rankingProblem(action, space, request.candidates)
      : (actionProblem(action, possibleActions(space, request.candidates)) ??
        distributionProblem(action, space, request.candidates));
  if (problem === undefined) return { kind: "taken", action: withPropensity(action, space, request.candidates) };
  return { kind: "refused", error: new DomainError("BAD_ACTION", `${where} is not recorded: ${problem}`) };
}

/** The actions that a request may have been answered with: candidates are the actions, or name a part of them. */
export function possibleActions(space: DecisionSpace, candidates: DecisionRequested["candidates"]): DecisionSpace {
  const named = candidates.map(({ optionId }) => optionId);
  if (space.kind === "options") return { kind: "actions", actions: named };
  if (space.kind !== "actions" || named.length === 0) return space;
  return { kind: "actions", actions: space.actions.filter((action) => named.includes(action)) };
}

export const isHistory = (headers: Headers): boolean => headers[SOURCE_HEADER] !== undefined;

/** The reason that an action can't have been taken, in words; `undefined`: it can. */
export function actionProblem(
  { value, propensity }: Pick<LoggedAction, "value" | "propensity">,
  space: DecisionSpace,
): string | undefined {
  if (!isOf(value, space)) return `the action ${JSON.stringify(value)} is not ${spaceText(space)}`;
  if (propensity === null) return undefined;
  if (!(propensity > 0 && propensity <= 1)) return `the propensity ${propensity} is not above 0 and at most 1`;
  return tooSmallProblem(propensity);
}

function isOf(value: LoggedAction["value"], space: DecisionSpace): boolean {
  switch (space.kind) {
    case "boolean":
      return typeof value === "boolean";
    case "number":
      return Number.isFinite(value);
    case "actions":
      return space.actions.some((action) => action === value);
    case "options":
      return typeof value === "string";
  }
}

function spaceText(space: DecisionSpace): string {
  if (space.kind === "options") return "the id of an option";
  if (space.kind === "actions") return `one of ${space.actions.map((action) => JSON.stringify(action)).join(", ")}`;
  return space.kind === "boolean" ? "true or false" : "a finite number";
}

/** A propensity that is not told by itself is that of the distribution. */
function withPropensity(
  action: LoggedAction,
  space: DecisionSpace,
  candidates: DecisionRequested["candidates"],
): LoggedAction {
  if (action.propensity !== null || action.distribution.length === 0) return action;
  const at = distributedOver(space, candidates)!.indexOf(action.value);
  return { ...action, propensity: action.distribution[at]! };
}

/**
 * The distribution of an action taken elsewhere, as it was told. If it was not: of two actions the probability of one
 * gives that of the other; of more it is not known.
 */
export function takenElsewhere(
  logged: LoggedAction,
  actions: DecisionRecorded["actions"],
  space: DecisionSpace,
  candidates: DecisionRequested["candidates"],
): Pick<DecisionRecorded, "value" | "propensity" | "distribution" | "mode" | "reason"> {
  const { value, propensity } = logged;
  const told = recordedDistribution(logged, space, candidates, actions);
  const isWhole = propensity !== null && (actions.length === 2 || (actions.length > 0 && propensity === 1));
  const known = isWhole ? actions.map((action) => (action === value ? propensity : 1 - propensity)) : [];
  const distribution = told.length > 0 ? told : known;
  return { value, propensity, distribution, mode: "loggingOnly", reason: "logged" };
}
