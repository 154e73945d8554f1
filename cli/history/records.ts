import { observedEvent, type Blueprint, type DecisionKeys } from "../../blueprints/index.ts";
import { decisionRequests, events, observations } from "../../schemas/index.ts";
import { ownValue, type Published } from "../../streams/index.ts";

export type Cell = string | number | boolean | null;
export type Cells = Readonly<Record<string, Cell>>;

/** Which columns of the files hold what. */
export interface HistoryColumns {
  readonly decisionId: string;
  readonly decisionTime: string;
  /** Absent: the decision id is the unit. */
  readonly unit?: string;
  readonly observationTime: string;
}

/** Values as the blueprint types them: a cell that does not fit is missing, as it would be in a live request. */
export function contextOf(cells: Cells, blueprint: Blueprint): Record<string, Cell> {
  const context: Record<string, Cell> = {};
  for (const [name, type] of Object.entries(blueprint.context)) {
    const cell = ownValue(cells, name) ?? null;
    if (cell === null || cell === "") continue;
    if (type === "number") {
      const number = Number(cell);
      if (Number.isFinite(number)) context[name] = number;
    } else if (type === "boolean") {
      if (cell === true || cell === "true" || cell === "1" || cell === 1) context[name] = true;
      else if (cell === false || cell === "false" || cell === "0" || cell === 0) context[name] = false;
    } else context[name] = String(cell);
  }
  return context;
}

/** Every other column, numbers where the text is one. */
export function valuesOf(cells: Cells, without: readonly string[]): Record<string, Cell> {
  const values: Record<string, Cell> = {};
  for (const [name, cell] of Object.entries(cells)) {
    if (without.includes(name) || cell === null || cell === "") continue;
    const number =
      typeof cell === "string" && /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(cell) ? Number(cell) : cell;
    values[name] = number;
  }
  return values;
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
