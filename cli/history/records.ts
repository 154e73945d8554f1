import {
  categoryOf,
  declaredValue,
  misfitText,
  observedEvent,
  type Blueprint,
  type DecisionKeys,
  type DeclaredType,
  type ValueTypes,
} from "../../blueprints/index.ts";
import { decisionRequests, events, observations } from "../../schemas/index.ts";
import { ownValue, setOwn, type Published } from "../../streams/index.ts";
import type { TimeReading } from "../times/time-cell.ts";

export type Cell = string | number | boolean | null;
export type Cells = Readonly<Record<string, Cell>>;

/** Which columns of the files hold what. */
export interface HistoryColumns {
  readonly decisionId: string;
  readonly decisionTime: string;
  /** Absent: the decision id is the unit. */
  readonly unit?: string;
  readonly observationTime: string;
  /** What their times are, where the cells don't say. */
  readonly times?: TimeReading;
}

/** A cell that is not of the type that its column is declared with. */
export interface CellProblem {
  readonly column: string;
  /** With the value. */
  readonly problem: string;
}

/** Values of a line, or what can't be one of them. */
export type TypedCells = { readonly values: Record<string, Cell> } | CellProblem;

/** The columns that are declared; others say nothing to the blueprint. An empty cell is missing. */
export function contextOf(cells: Cells, types: ValueTypes): TypedCells {
  const values: Record<string, Cell> = {};
  for (const [name, type] of types) {
    const problem = take(values, name, type, ownValue(cells, name) ?? null);
    if (problem !== undefined) return { column: name, problem };
  }
  return { values };
}

/** Every other column: declared ones as their types have them, the rest as the file has them. An empty cell is missing. */
export function valuesOf(cells: Cells, types: ValueTypes, without: readonly string[]): TypedCells {
  const values: Record<string, Cell> = {};
  for (const [name, cell] of Object.entries(cells)) {
    if (without.includes(name)) continue;
    const type = types.get(name);
    const problem = type === undefined ? keep(values, name, cell) : take(values, name, type, cell);
    if (problem !== undefined) return { column: name, problem };
  }
  return { values };
}

/** The text of a cell that names something: a decision, a unit. Null: it is empty. Undefined: it can't be one. */
export const nameOf = (cell: Cell): string | null | undefined => categoryOf(cell);

/** @returns what is wrong with the cell */
function take(values: Record<string, Cell>, name: string, type: DeclaredType, cell: Cell): string | undefined {
  const value = declaredValue(type, cell);
  if (value === undefined) return misfitText(type, cell);
  if (value !== null) setOwn(values, name, value);
  return undefined;
}

function keep(values: Record<string, Cell>, name: string, cell: Cell): undefined {
  if (cell !== null && cell !== "") setOwn(values, name, cell);
}

export function requestRecord(
  blueprint: Blueprint,
  decisionId: string,
  unit: string,
  context: Record<string, Cell>,
  time: number,
): Published<unknown> {
  const value = { decisionId, useCase: blueprint.useCase, unit, context, deferred: false };
  return { topic: decisionRequests, key: decisionId, value, time };
}

export function observationRecord(
  { useCase }: Blueprint,
  decisionId: string,
  values: Record<string, Cell>,
  time: number,
): Published<unknown> {
  return { topic: observations, key: decisionId, value: { decisionId, useCase, observationId: "", values }, time };
}

/** What the record has too much of for the loop to take it; `undefined`: nothing. */
export function recordProblem({ topic, key, value, headers = {} }: Published<unknown>): string | undefined {
  const bytes = topic.type.toBuffer(value).length;
  return topic.check?.({ value, bytes, keyBytes: Buffer.byteLength(key), headers });
}

/**
 * The event that an observation also is, where it has a kind: the loop makes one of every observation that no feed brings (see the operator `join`).
 * @param keys of its decision
 */
export function eventRecord(
  decisionId: string,
  keys: DecisionKeys,
  values: Record<string, Cell>,
  time: number,
): Published<unknown> | undefined {
  const value = observedEvent(values, keys);
  return value === undefined ? undefined : { topic: events, key: decisionId, value, time };
}
