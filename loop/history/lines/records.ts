import {
  categoryOf,
  contextTypes,
  eventFieldTypes,
  misfitText,
  observedEvent,
  type Blueprint,
  type DecisionKeys,
  type ValueTypes,
} from "../../../blueprints/index.ts";
import { decisionRequests, events, observations, type Candidate, type LoggedAction } from "../../../schemas/index.ts";
import type { Published } from "../../../streams/index.ts";
import type { TimeReading } from "../times/time-cell.ts";
import type { HistoryCell } from "../history-table.ts";

export type Cell = HistoryCell;
export type Cells = Readonly<Record<string, Cell>>;

/** The columns of the files, by their meaning. */
export interface HistoryColumns {
  readonly decisionId: string;
  readonly decisionTime: string;
  /** Absent: the decision id is the unit. */
  readonly unit?: string | undefined;
  readonly observationTime: string;
  /** The unit or zone of times whose cells don't tell it. */
  readonly times?: TimeReading | undefined;
  /** Of events of no decision; absent: `observationTime`. */
  readonly eventTime?: string | undefined;
  /** The kind of all of them, or the column that says it; absent: `kind`. */
  readonly kind?: string | undefined;
  readonly kindColumn?: string | undefined;
  /** The action that was taken, and the probability with which it was. */
  readonly action?: string | undefined;
  readonly propensity?: string | undefined;
  /** The probabilities of all actions. */
  readonly distribution?: string | undefined;
  /** The options of a decision. */
  readonly candidates?: string | undefined;
  /** The option that an observation is about. */
  readonly optionId?: string | undefined;
}

/** A cell that is not of the type that its column is declared with. */
export interface CellProblem {
  readonly column: string;
  /** With the value. */
  readonly problem: string;
}

/** Values of a line, or the fault of a cell that can't be one. */
export type TypedCells =
  | {
      readonly values: Record<string, Cell>;
      /** Of the values, in the order of their names, as `String` would make them; undefined where only that tells it. */
      readonly texts: readonly (string | undefined)[];
    }
  | CellProblem;

/** Columns of a decision that are no entries of its context, unless they are declared: a unit's are, since nothing else keeps its parts. */
export function besideContext(
  { decisionId, decisionTime, action, propensity, distribution, candidates }: HistoryColumns,
  types: ValueTypes,
): readonly string[] {
  return [decisionId, decisionTime, action, propensity, distribution, candidates].filter(
    (name) => name !== undefined && !types.has(name),
  ) as string[];
}

/** The text of a cell that names something: a decision, a unit. Null: it is empty. Undefined: it can't be one. */
export const nameOf = (cell: Cell): string | null | undefined => categoryOf(cell);

/** Several columns joined by `+` make one unit. Undefined: it is the decision's id, since one of them is empty. */
export function unitOf(cells: Cells, columns: HistoryColumns): string | CellProblem | undefined {
  if (columns.unit === undefined) return undefined;
  let unit = "";
  for (const column of columns.unit.split("+")) {
    const cell = cells[column] ?? null;
    const part = nameOf(cell);
    if (part === null) return undefined;
    if (part === undefined) return { column, problem: misfitText("key", cell) };
    unit += part;
  }
  return unit;
}

export function requestRecord(
  blueprint: Blueprint,
  decisionId: string,
  unit: string,
  context: Record<string, Cell>,
  time: number,
  logged: LoggedAction | null = null,
  candidates: readonly Candidate[] = [],
): Published<unknown> {
  const value = { decisionId, useCase: blueprint.useCase, unit, context, deferred: false, logged, candidates };
  return { topic: decisionRequests, key: decisionId, value, time };
}

/** @param observationId the same one again is the same observation; empty: each record is one. */
export function observationRecord(
  { useCase }: Blueprint,
  decisionId: string,
  values: Record<string, Cell>,
  time: number,
  observationId = "",
  optionId = "",
): Published<unknown> {
  const value = { decisionId, useCase, observationId, optionId, values };
  return { topic: observations, key: decisionId, value, time };
}

/** The limit of the loop that the record is over; `undefined`: none. */
export function recordProblem({ topic, key, value, headers = {} }: Published<unknown>): string | undefined {
  if (topic.check === undefined) return undefined;
  const record = { value, keyBytes: Buffer.byteLength(key), headers };
  // A record that would fit if it were longer fits: most records need not be encoded for that.
  if (topic.check({ ...record, bytes: mostBytes(value) }) === undefined) return undefined;
  return topic.check({ ...record, bytes: topic.type.toBuffer(value).length });
}

/** Of a length or a tag in Avro, of a number, and of a character in UTF-8. */
const [LENGTH_BYTES, NUMBER_BYTES, CHARACTER_BYTES] = [5, 10, 3];

/** No value is longer in Avro. */
function mostBytes(value: unknown): number {
  if (typeof value === "string") return LENGTH_BYTES + CHARACTER_BYTES * value.length;
  if (typeof value !== "object" || value === null) return NUMBER_BYTES;
  let bytes = LENGTH_BYTES;
  for (const name of Object.keys(value)) bytes += 2 * LENGTH_BYTES + CHARACTER_BYTES * name.length;
  // A look for each of many names would take longer.
  for (const part of Object.values(value)) bytes += mostBytes(part);
  return bytes;
}

/**
 * The event that an observation with a kind also is: the loop makes one of every observation that no feed brings (see
 * the operator `join`).
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

/** The values of an event of no decision: its fields, and the context entries that it belongs to. */
export function eventTypes(blueprint: Blueprint): ValueTypes {
  return new Map([...contextTypes(blueprint), ...eventFieldTypes(blueprint)]);
}

/** An event of no decision. */
export function eventOf(kind: string, attributes: Record<string, Cell>, time: number): Published<unknown> {
  return { topic: events, key: kind, value: { kind, attributes }, time };
}
