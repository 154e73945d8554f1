import { canTrainOn, type CompiledBlueprint, type ValidBlueprints } from "../../blueprints/index.ts";
import type { TrainingRow } from "../../schemas/index.ts";
import { readTopic, type Backbone, type Serdes } from "../../streams/index.ts";
import { keepNewest } from "./keep-newest.ts";

export interface OffsetRange {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

export interface RowsRead {
  /** The newest row of each decision, by decision time and then decision id: the same however the topic is partitioned. */
  readonly rows: readonly TrainingRow[];
  readonly ranges: readonly OffsetRange[];
}

/**
 * Rows a version may train on (its own, and those of versions whose features and label contain its own) that were complete at
 * event time `until`, ms.
 */
export async function readRows(
  backbone: Backbone,
  serdes: Serdes,
  compiled: CompiledBlueprint,
  blueprints: ValidBlueprints,
  until: number,
): Promise<RowsRead> {
  const { blueprint } = compiled;
  const usable = new Map<string, boolean>();
  const isUsable = (version: string): boolean => {
    let answer = usable.get(version);
    if (answer === undefined) {
      const other = blueprints.version(blueprint.useCase, version);
      answer = version === blueprint.version || (other !== undefined && canTrainOn(blueprint, other.blueprint).ok);
      usable.set(version, answer);
    }
    return answer;
  };
  const newest = new Map<string, TrainingRow>();
  const topic = compiled.rows;
  const ranges = (await backbone.partitions(topic.name)) === undefined ? [] : await backbone.offsets([topic.name]);
  for await (const { key, value } of readTopic(backbone, serdes, topic)) {
    if ((value["rowTime"] as number) > until || !isUsable(value["blueprintVersion"] as string)) continue;
    keepNewest(newest, key, value);
  }
  return {
    rows: [...newest.values()].sort(byDecision),
    ranges: ranges.map(({ partition, start, end }) => ({ partition, from: start, to: end })),
  };
}

function byDecision(a: TrainingRow, b: TrainingRow): number {
  const time = (a["decisionTime"] as number) - (b["decisionTime"] as number);
  return time !== 0 ? time : a["decisionId"]! < b["decisionId"]! ? -1 : 1;
}
