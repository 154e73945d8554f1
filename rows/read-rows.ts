import { canTrainOn, sampleSalt, unitPlace, type CompiledBlueprint } from "../blueprints/index.ts";
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
import { PackedRows } from "./packed/packed-rows.ts";
import { rowId } from "./row-id.ts";
import { rowsTopic } from "./rows-topic.ts";

/** The part of the rows topic that was read. Reading it again gives the same rows, even if more have come since. */
export interface RowsReading {
  readonly ranges: readonly OffsetRange[];
  /** Blueprint versions whose rows are among them, sorted. */
  readonly versions: readonly string[];
}

export interface RowsRead extends RowsReading {
  /** The newest row of each decision or option, by decision time, decision id and option: the same for any partitioning. */
  readonly rows: readonly TrainingRow[];
  /**
   * Complete rows that can't be used: of other versions, or not readable as this one's. Empty when a former reading is
   * repeated.
   */
  readonly leftOut: readonly LeftOut[];
  /** Number of records that were not complete by then. */
  readonly later: number;
  /** Records that are not in the sample; 0 if all were to be read. */
  readonly sampledOut: number;
}

export interface ReadOptions {
  readonly topic?: Topic<TrainingRow> | undefined;
  readonly again?: RowsReading | undefined;
  /** Of more records than so a sample is read: those of some decisions, always the same ones for the same number of records. Absent: all. */
  readonly most?: number | undefined;
  /** Rows of decisions that are not later than this, ms, are not read. Absent: all are. */
  readonly since?: number | undefined;
  /** The rows lie in columns (`PackedRows`), which takes less memory; they have no keys of their own and can't be spread. */
  readonly packed?: boolean;
}

/**
 * The rows that a version may train on and that were complete at event time `until`, ms: its own, and those of versions
 * that contain its features and label. The ends are read once, so the ranges say exactly what was read, even while rows
 * are being written.
 *
 * @param topic of the rows; absent: the use case's own
 * @param again repeats a former reading, and reads nothing else
 * @param most of more records than so a sample of the decisions is read
 * @param since decision time: only later decisions count
 * @param packed the rows have columns in common
 */
export async function readRows(
  backbone: Backbone,
  serdes: Serdes,
  compiled: CompiledBlueprint,
  blueprints: KnownVersions,
  until: number,
  { topic = rowsTopic(compiled), again, most, since = Number.NEGATIVE_INFINITY, packed = false }: ReadOptions = {},
): Promise<RowsRead> {
  const ranges = again?.ranges ?? (await rangesOf(backbone, topic.name));
  const usable = usableVersions(compiled, blueprints, again?.versions ?? []);
  const newest = new Map<string, TrainingRow>();
  const store = packed ? new PackedRows() : undefined;
  const versions = new Set<string>();
  const records = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  const share = most === undefined ? 1 : most / records;
  const salt = sampleSalt(compiled.blueprint.useCase);
  let [later, sampledOut] = [0, 0];
  const leftOut = new LeftOutRows(compiled.blueprint, blueprints);
  const onBad = (record: RawRecord, error: unknown): void => {
    const row = rowAsWritten(serdes, record);
    if (row === undefined) serdes.unreadable.report(record, error);
    else if (row.rowTime <= until) leftOut.unreadable(row.blueprintVersion, error);
  };
  const own = ownLabel(serdes, compiled, blueprints);
  /** Bytes of the current row. */
  let bytes: Uint8Array | null = null;
  // A row is later than its decision.
  const isWanted = (record: RawRecord): boolean => {
    bytes = record.value;
    return record.timestamp > since;
  };
  for await (const { value } of readTopic(backbone, serdes, topic, { ranges, onBad, isWanted })) {
    if ((value["decisionTime"] as number) <= since) continue;
    const version = value["blueprintVersion"] as string;
    if ((value["rowTime"] as number) > until) {
      later++;
      continue;
    }
    if (!usable(version)) {
      leftOut.other(version);
      continue;
    }
    if (share < 1 && unitPlace(salt, value["decisionId"] as string) >= share) {
      sampledOut++;
      continue;
    }
    versions.add(version);
    const row = own(value, bytes!);
    if (row === undefined) continue;
    if (store === undefined) keepNewest(newest, row);
    else store.add(row);
  }
  return {
    rows: store?.newest() ?? [...newest.values()].sort(byDecision),
    ranges,
    versions: [...versions].sort(),
    leftOut: again === undefined ? leftOut.all() : [],
    later,
    sampledOut,
  };
}

/** A row by its own schema, if it can't be read by the topic's; `undefined`: it is no row. */
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

/** @param recorded the versions of a former reading; empty: all that may be trained on */
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
  return time !== 0 ? time : rowId(a) < rowId(b) ? -1 : 1;
}
