import { declaredValue, misfitText, type DecisionSpace, type PlainType } from "../../../blueprints/index.ts";
import { actionProblem, possibleActions } from "../../../operators/index.ts";
import type { Candidate, LoggedAction } from "../../../schemas/index.ts";
import { ownValue } from "../../../streams/index.ts";
import type { CellProblem, Cells, HistoryColumns } from "./records.ts";

const TYPES: Readonly<Record<DecisionSpace["kind"], PlainType>> = {
  boolean: "boolean",
  number: "number",
  actions: "category",
  options: "category",
};

/**
 * The action that a line says was taken, and how likely it was. Null: it says none, and the policy decides.
 * @param candidates of the line: where options come with the request, the action is one of them
 */
export function loggedOf(
  cells: Cells,
  { action, propensity }: HistoryColumns,
  space: DecisionSpace,
  candidates: readonly Candidate[] = [],
  isRanking = false,
): { readonly logged: LoggedAction | null } | CellProblem {
  if (action === undefined) return { logged: null };
  const [given, chance] = [ownValue(cells, action) ?? null, ownValue(cells, propensity ?? "") ?? null];
  const value = declaredValue(TYPES[space.kind], given);
  if (value === undefined) return { column: action, problem: misfitText(TYPES[space.kind], given) };
  const likely = declaredValue("number", chance);
  if (likely === undefined) return { column: propensity!, problem: misfitText("number", chance) };
  if (value === null) {
    if (likely === null) return { logged: null };
    return { column: action, problem: `is empty, and ${propensity} is not: a propensity is of an action` };
  }
  if (isRanking)
    return { column: action, problem: "can't be imported: a ranking of history is the order of its candidates" };
  const logged = { value, propensity: likely as number | null };
  const possible = possibleActions(space, candidates);
  const problem = actionProblem(logged, possible);
  if (problem === undefined) return { logged };
  const isOfAction = actionProblem({ value, propensity: null }, possible) !== undefined;
  return { column: isOfAction ? action : propensity!, problem: `can't have been: ${problem}` };
}
