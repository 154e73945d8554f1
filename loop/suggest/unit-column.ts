import { categoryOf, nearest, type TableProfile } from "../../blueprints/index.ts";
import { HistoryError } from "../history/history-error.ts";

interface WithUnit {
  readonly id: string;
  readonly unit: string;
  readonly cells: Readonly<Record<string, unknown>>;
}

/** Stands for the unit where no entry of the context is it. */
const APART = "\0unit";

/**
 * The entries that make the unit, joined by +: those that are given, or the one that is the unit of every decision.
 * @returns undefined: each decision has its own id as its unit
 */
export function unitColumn(
  decisions: readonly WithUnit[],
  given: string | undefined,
  { columns }: TableProfile,
): string | undefined {
  if (given !== undefined) {
    const lost = given.split("+").find((name) => !columns.has(name));
    if (lost === undefined) return given;
    const near = nearest(lost, columns.keys());
    throw new HistoryError(
      `--unit ${given}: no request has an entry ${lost}${near === null ? "" : `; is it ${near}?`}`,
    );
  }
  if (decisions.every(({ id, unit }) => unit === id)) return undefined;
  const isUnit = (name: string): boolean =>
    decisions.every(({ unit, cells }) => Object.hasOwn(cells, name) && categoryOf(cells[name]) === unit);
  return [...columns.keys()].find(isUnit) ?? APART;
}
