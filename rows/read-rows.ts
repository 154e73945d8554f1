import { canTrainOn, type CompiledBlueprint } from "../blueprints/index.ts";
import type { TrainingRow } from "../schemas/index.ts";
import {
  readTopic,
  type Backbone,
  type OffsetRange,
  type RawRecord,
  type Serdes,
  type Topic,
} from "../streams/index.ts";
import { keepNewest } from "./keep-newest.ts";
import { LeftOutRows, type LeftOut } from "./left-out.ts";
import type { KnownVersions } from "./known-versions.ts";
import { ownLabel } from "./own-label.ts";
import { rowsTopic } from "./rows-topic.ts";

/** What of the rows topic was read: reading it again gives the same rows, whatever has come since. */
export interface RowsReading {
  readonly ranges: readonly OffsetRange[];
  /** Blueprint versions whose rows are among them, sorted. */
  readonly versions: readonly string[];
}

export interface RowsRead extends RowsReading {
  /** The newest row of each decision, by decision time and then decision id: the same however the topic is partitioned. */
  readonly rows: readonly TrainingRow[];
  /** Complete by then and of other versions, or not to be read as this one's; nothing where a former reading is done again. */
  readonly leftOut: readonly LeftOut[];
  /** Records that were there and were not complete by then. */
  readonly later: number;
}

export interface ReadOptions {
  readonly topic?: Topic<TrainingRow> | undefined;
  readonly again?: RowsReading | undefined;
}

/**
 * Rows a version may train on (its own, and those of versions whose features and label contain its own) that were complete at
 * event time `until`, ms. The ends are asked for once, so the ranges are what was read even while rows are being written.
 *
 * @param topic where the rows are; absent: the use case's own topic
 * @param again only what a former reading read
 */
export async function readRows(
  backbone: Backbone,
  serdes: Serdes,
  compiled: CompiledBlueprint,
  blueprints: KnownVersions,
  until: number,
  { topic = rowsTopic(compiled), again }: ReadOptions = {},
): Promise<RowsRead> {
  const ranges = again?.ranges ?? (await rangesOf(backbone, topic.name));
  const usable = usableVersions(compiled, blueprints, again?.versions ?? []);
  const newest = new Map<string, TrainingRow>();
  const versions = new Set<string>();
  let later = 0;
  const leftOut = new LeftOutRows(compiled.blueprint, blueprints);
  const onBad = (record: RawRecord, error: unknown): void => {
    const row = rowAsWritten(serdes, record);
    if (row === undefined) serdes.unreadable.report(record, error);
    else if (row.rowTime <= until) leftOut.unreadable(row.blueprintVersion, error);
  };
  const own = ownLabel(serdes, compiled, blueprints);
  /** Of the row at hand. */
  let bytes: Uint8Array | null = null;
  const isWanted = (record: RawRecord): true => {
    bytes = record.value;
    return true;
  };
  for await (const { value } of readTopic(backbone, serdes, topic, { ranges, onBad, isWanted })) {
    const version = value["blueprintVersion"] as string;
    if ((value["rowTime"] as number) > until) {
      later++;
      continue;
    }
    if (!usable(version)) {
      leftOut.other(version);
      continue;
    }
    versions.add(version);
    const row = own(value, bytes!);
    if (row !== undefined) keepNewest(newest, row);
  }
  return {
    rows: [...newest.values()].sort(byDecision),
    ranges,
    versions: [...versions].sort(),
    leftOut: again === undefined ? leftOut.all() : [],
    later,
  };
}

/** A row whose schema is not to be read as that of the topic, by its own; `undefined`: it is no row. */
export function rowAsWritten(
  serdes: Serdes,
  { value }: RawRecord,
): { readonly blueprintVersion: string; readonly rowTime: number } | undefined {
  if (value === null) return undefined;
  try {
    const { blueprintVersion, rowTime } = serdes.decodeAsWritten(value) as Record<string, unknown>;
    return typeof blueprintVersion === "string" && typeof rowTime === "number"
      ? { blueprintVersion, rowTime }
      : undefined;
  } catch {
    return undefined;
  }
}

async function rangesOf(backbone: Backbone, topic: string): Promise<readonly OffsetRange[]> {
  if ((await backbone.partitions(topic)) === undefined) return [];
  return (await backbone.offsets([topic])).map(({ partition, start, end }) => ({ partition, from: start, to: end }));
}

/** @param recorded the versions of a former reading; empty: any that may be trained on */
export function usableVersions(
  { blueprint }: CompiledBlueprint,
  blueprints: KnownVersions,
  recorded: readonly string[] = [],
): (version: string) => boolean {
  const answers = new Map(recorded.map((version) => [version, true]));
  return (version) => {
    let answer = answers.get(version);
    if (answer === undefined) {
      const other = recorded.length > 0 ? undefined : blueprints.version(blueprint.useCase, version);
      answer = other !== undefined && canTrainOn(blueprint, other.blueprint).ok;
      answers.set(version, answer || (recorded.length === 0 && version === blueprint.version));
    }
    return answers.get(version)!;
  };
}

function byDecision(a: TrainingRow, b: TrainingRow): number {
  const time = (a["decisionTime"] as number) - (b["decisionTime"] as number);
  return time !== 0 ? time : a["decisionId"]! < b["decisionId"]! ? -1 : 1;
}
