import { declaredValue, misfitText, type DecisionSpace, type PlainType } from "../../../blueprints/index.ts";
import { actionProblem, distributionProblem, possibleActions, rankingProblem } from "../../../operators/index.ts";
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
  columns: HistoryColumns,
  space: DecisionSpace,
  candidates: readonly Candidate[] = [],
  isRanking = false,
): { readonly logged: LoggedAction | null } | CellProblem {
  const { action, propensity, distribution: column } = columns;
  if (isRanking) return rankingOf(cells, columns, space, candidates);
  if (action === undefined) return { logged: null };
  const [given, chance] = [ownValue(cells, action) ?? null, ownValue(cells, propensity ?? "") ?? null];
  const value = declaredValue(TYPES[space.kind], given);
  if (value === undefined) return { column: action, problem: misfitText(TYPES[space.kind], given) };
  const likely = declaredValue("number", chance);
  if (likely === undefined) return { column: propensity!, problem: misfitText("number", chance) };
  const distribution = probabilitiesIn(cells, column);
  if ("problem" in distribution) return distribution;
  if (value === null) {
    if (likely === null && distribution.length === 0) return { logged: null };
    const other = likely === null ? column : propensity;
    return { column: action, problem: `is empty, and ${other} is not: a propensity is of an action` };
  }
  const logged = { value, propensity: likely as number | null, distribution, positions: [] };
  const possible = possibleActions(space, candidates);
  const problem = actionProblem(logged, possible);
  if (problem === undefined) {
    const unlikely = distributionProblem(logged, space, candidates);
    return unlikely === undefined ? { logged } : { column: column!, problem: `can't have been: ${unlikely}` };
  }
  const isOfAction = actionProblem({ value, propensity: null }, possible) !== undefined;
  return { column: isOfAction ? action : propensity!, problem: `can't have been: ${problem}` };
}

/**
 * How likely a ranking was, which is the order of the line's candidates: the probability of the list, or a JSON list of
 * those of its positions. Null: it is not said.
 */
function rankingOf(
  cells: Cells,
  { action = "", propensity: column, distribution = "" }: HistoryColumns,
  space: DecisionSpace,
  candidates: readonly Candidate[],
): { readonly logged: LoggedAction | null } | CellProblem {
  const of = "a ranking of history is the order of its candidates";
  if (isThere(ownValue(cells, action))) return { column: action, problem: `can't be imported: ${of}` };
  if (isThere(ownValue(cells, distribution)))
    return {
      column: distribution,
      problem: `can't be imported: ${of}, and --propensity takes a list of its positions`,
    };
  const cell = ownValue(cells, column ?? "") ?? null;
  if (column === undefined || !isThere(cell)) return { logged: null };
  const whole = declaredValue("number", cell);
  const positions = whole === undefined ? probabilitiesIn(cells, column) : [];
  if ("problem" in positions)
    return { column, problem: `is neither a number nor a JSON list of numbers: ${String(cell).slice(0, 80)}` };
  const [first] = space.kind === "actions" && candidates.length === 0 ? space.actions : candidates.map(optionOf);
  const logged = { value: first ?? "", propensity: (whole ?? null) as number | null, distribution: [], positions };
  const problem = rankingProblem(logged, space, candidates);
  return problem === undefined ? { logged } : { column, problem: `can't have been: ${problem}` };
}

const isThere = (cell: unknown): boolean => cell !== undefined && cell !== null && cell !== "";
const optionOf = ({ optionId }: Candidate): string => optionId;

/** The numbers of a JSON list; without a column, or in an empty cell, there are none. */
function probabilitiesIn(cells: Cells, column: string | undefined): readonly number[] | CellProblem {
  const cell = column === undefined ? null : (ownValue(cells, column) ?? null);
  if (column === undefined || cell === null || cell === "") return [];
  let given: unknown;
  try {
    given = JSON.parse(String(cell));
  } catch {
    given = undefined;
  }
  if (Array.isArray(given) && given.every((one) => typeof one === "number")) return given;
  return { column, problem: `is no JSON list of numbers: ${String(cell).slice(0, 80)}` };
}
