import { decisionRequests } from "../../../schemas/index.ts";
import type { Published } from "../../../streams/index.ts";

export type Value = string | number | boolean | null;
export type Values = Readonly<Record<string, Value>>;

/** The records of one decision. */
export interface Life {
  readonly request: Published<unknown>;
  /** Later records, in time order. */
  readonly outcomes: readonly Published<unknown>[];
}

/** A use case that the product is measured with. */
export interface Work {
  readonly name: WorkName;
  readonly blueprint: string;
  /** Each decision brings a row. */
  readonly rows: boolean;
  /** Rows of its reference tables, published before the loop starts. */
  readonly tables?: () => readonly Published<unknown>[];
  /** So many decisions in time order, all in the past. */
  lives(count: number): readonly Life[];
}

export const workNames = ["numbers", "mixed", "flights", "life", "episodes"] as const;
export type WorkName = (typeof workNames)[number];

export const HOUR = 3_600_000;
/** Behind now: every label's wait is over, and no topic's retention has begun. */
export const BEHIND_MS = 48 * HOUR;

export function requestOf(
  useCase: string,
  decisionId: string,
  unit: string,
  context: Values,
  time: number,
): Published<unknown> {
  return {
    topic: decisionRequests,
    key: decisionId,
    value: { decisionId, useCase, unit, context, deferred: false },
    time,
  };
}
