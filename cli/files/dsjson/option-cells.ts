import { isOverOptions, type Blueprint } from "../../../blueprints/index.ts";
import { HistoryError } from "../../../loop/index.ts";
import type { LoggedLine } from "./read-dsjson.ts";

/** The cells of a line that are made of its options. */
export interface OptionCells {
  readonly action: string;
  /** A JSON list, as `--distribution` takes it; null: not known. */
  readonly distribution: string | null;
  /** A JSON list; null: all actions of the blueprint. */
  readonly candidates: string | null;
}

/** Lines by what a blueprint decides on. Throws a `HistoryError` for numbers. */
export function optionCells(blueprint: Blueprint): (line: LoggedLine) => OptionCells | { readonly problem: string } {
  const { decisionSpace: space } = blueprint;
  const mayName = isOverOptions(blueprint);
  switch (space.kind) {
    case "options":
      return (line) => ({
        ...takenOf(line),
        distribution: listOf(line.probabilities),
        candidates: JSON.stringify(
          line.options.map(({ id, features: { values, lists } }) => ({
            optionId: id,
            context: { ...values, ...Object.fromEntries(lists) },
          })),
        ),
      });
    case "actions":
      return (line) => inOrder(line, space.actions, "an action of the blueprint", mayName);
    case "boolean":
      return (line) => inOrder(line, ["false", "true"], "false or true", false);
    case "number":
      throw new HistoryError("dsjson has one action among several, and the use case decides on numbers");
  }
}

const takenOf = ({ options, taken }: LoggedLine): Pick<OptionCells, "action"> => ({ action: options[taken]!.id });
const listOf = (probabilities: readonly number[]): string | null =>
  probabilities.length === 0 ? null : JSON.stringify(probabilities);

/**
 * Actions that the blueprint has by itself: those that a line does not have could not be taken.
 * @param mayName candidates may name a part of them
 */
function inOrder(
  line: LoggedLine,
  actions: readonly string[],
  what: string,
  mayName: boolean,
): OptionCells | { readonly problem: string } {
  const { options, probabilities } = line;
  const ids = options.map(({ id }) => id);
  const unknown = ids.find((id) => !actions.includes(id));
  if (unknown !== undefined) return { problem: `_multi: ${JSON.stringify(unknown)} is not ${what}` };
  if (mayName && ids.length < actions.length)
    return { ...takenOf(line), distribution: listOf(probabilities), candidates: JSON.stringify(ids) };
  const ordered = actions.map((action) => probabilities[ids.indexOf(action)] ?? 0);
  return { ...takenOf(line), distribution: probabilities.length === 0 ? null : listOf(ordered), candidates: null };
}
