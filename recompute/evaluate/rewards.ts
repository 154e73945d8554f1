import type { CompiledBlueprint } from "../../blueprints/index.ts";
import type { ValidBlueprints } from "../../catalogue/index.ts";
import { openSpill, rowsInOrder, type LeftOutRows } from "../../rows/index.ts";
import type { TrainingRow } from "../../schemas/index.ts";
import { streamsLimits, type Topic } from "../../streams/index.ts";
import type { RecomputeSource } from "../source.ts";

interface Span {
  /** Decision times `[from, to)`, ms. */
  readonly from: number;
  readonly to: number;
}

/** Names one decision: an id may be asked again later. */
export const decisionKey = (decisionTime: number, decisionId: string): string => `${decisionTime} ${decisionId}`;

/** The reward of each decision that has one, from its newest row. In memory: some 150 bytes a decision. */
export async function readRewards(
  { backbone, serdes }: RecomputeSource,
  compiled: CompiledBlueprint,
  known: ValidBlueprints,
  column: string,
  { from, to, leftOut, topic }: Span & { readonly leftOut: LeftOutRows; readonly topic: Topic<TrainingRow> },
): Promise<Map<string, number>> {
  const rewards = new Map<string, number>();
  const memory = { bytes: streamsLimits.rowsHeldBytes, spill: openSpill };
  for await (const row of rowsInOrder(backbone, serdes, compiled, known, { from, to, leftOut, topic, ...memory })) {
    const reward = row[column];
    if (typeof reward === "number")
      rewards.set(decisionKey(row["decisionTime"] as number, row["decisionId"] as string), reward);
  }
  return rewards;
}
