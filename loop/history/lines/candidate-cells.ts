import type { DecisionSpace, ValueTypes } from "../../../blueprints/index.ts";
import { candidatesOf } from "../../../client/index.ts";
import type { Candidate } from "../../../schemas/index.ts";
import { hasCode, ownValue } from "../../../streams/index.ts";
import { nameOf, type Cell, type CellProblem, type Cells } from "./records.ts";
import { valuesOf } from "./typed-cells.ts";

/** Types of the entries that candidates bring. */
export const candidateTypes = (space: DecisionSpace): ValueTypes =>
  new Map(space.kind === "options" ? Object.entries(space.entries) : []);

/**
 * The options of a line's decision, from the text of a JSON list: an id, or an object with `optionId` and `context`. A
 * problem names the option by its place, from 0, and its id.
 * @param column absent: the lines have none
 */
export function candidatesIn(
  cells: Cells,
  column: string | undefined,
  types: ValueTypes,
): { readonly candidates: readonly Candidate[] } | CellProblem {
  const cell = column === undefined ? null : (ownValue(cells, column) ?? null);
  if (column === undefined || cell === null || cell === "") return { candidates: [] };
  let given: unknown;
  try {
    given = JSON.parse(String(cell));
  } catch {
    given = undefined;
  }
  if (!Array.isArray(given)) return { column, problem: `is no JSON list of options: ${String(cell).slice(0, 80)}` };
  try {
    const candidates: Candidate[] = [];
    for (const [at, { optionId, context }] of candidatesOf(given.map(named), "").entries()) {
      const read = valuesOf(context, types, []);
      if ("problem" in read)
        return bad(column, `[${at}] (${JSON.stringify(optionId)}): ${read.column} ${read.problem}`);
      candidates.push({ optionId, context: read.values });
    }
    return { candidates };
  } catch (error) {
    if (hasCode(error, "UNENCODABLE")) return bad(column, (error as Error).message);
    throw error;
  }
}

const bad = (column: string, problem: string): CellProblem => ({ column, problem: `holds a bad option, ${problem}` });

/** A number that names an option is the text of its digits, as with other ids. */
function named(one: unknown): unknown {
  if (typeof one === "number") return nameOf(one) ?? one;
  if (typeof one !== "object" || one === null || Array.isArray(one)) return one;
  const { optionId } = one as { readonly optionId?: unknown };
  return typeof optionId === "number" ? { ...one, optionId: nameOf(optionId) ?? optionId } : one;
}

/** Candidates of a record, with values as today's types have them. @param isKnown the entries to keep */
export function candidatesAs(
  candidates: readonly Candidate[],
  types: ValueTypes,
  isKnown: (name: string) => boolean = () => true,
): readonly Candidate[] {
  return candidates.map(({ optionId, context }) => {
    const read = valuesOf(context, types, []);
    const values: Readonly<Record<string, Cell>> = "problem" in read ? context : read.values;
    return { optionId, context: Object.fromEntries(Object.entries(values).filter(([name]) => isKnown(name))) };
  });
}
