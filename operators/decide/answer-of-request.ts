import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { type DecisionRecorded, type DecisionRequested, DomainError } from "../../schemas/index.ts";
import { actionProblem, possibleActions } from "./logged-action.ts";
import { decisionSeed } from "./logic.ts";

/**
 * The reason that the decision in a request can't have been made of it: it names another request or another time, or
 * does not fit its version. `undefined`: it can. What the client saw, such as rows of tables, is taken as it tells.
 * @param time of the request, ms
 */
export function answerProblem(
  answer: DecisionRecorded,
  request: DecisionRequested,
  time: number,
  { blueprint: { decisionSpace: space }, layout }: CompiledBlueprint,
): DomainError | undefined {
  const problem =
    differing(answer, { ...request, decisionTime: time }) ??
    (answer.features.length === layout.length
      ? undefined
      : `it has ${answer.features.length} features, and its version ${layout.length}`) ??
    (answer.value === null
      ? undefined
      : actionProblem(
          { value: answer.value, propensity: answer.propensity },
          possibleActions(space, request.candidates),
        ));
  if (problem === undefined) return undefined;
  const where = `decision ${request.decisionId} of use case ${request.useCase}`;
  return new DomainError("BAD_ANSWER", `${where} came with an answer that is not recorded: ${problem}`);
}

const told = ["decisionId", "useCase", "unit", "deferred", "decisionTime"] as const;

function differing(answer: DecisionRecorded, asked: Pick<DecisionRecorded, (typeof told)[number]>): string | undefined {
  const name = told.find((each) => answer[each] !== asked[each]);
  if (name === undefined) return undefined;
  return `its ${name} is ${JSON.stringify(answer[name])}, and that of the request ${JSON.stringify(asked[name])}`;
}

/** The answer was drawn by another salt than the loop's; `undefined`: by the same. */
export function otherSalt(answer: DecisionRecorded, salt: string): DomainError | undefined {
  const { useCase, decisionId } = answer;
  if (answer.seed === decisionSeed(salt, useCase, decisionId)) return undefined;
  return new DomainError(
    "BAD_ANSWER",
    `decision ${decisionId} of use case ${useCase} was drawn by a client in the product's process with another salt than the loop's: ` +
      "it is recorded, and an audit finds other draws; give the client the loop's salt",
  );
}
