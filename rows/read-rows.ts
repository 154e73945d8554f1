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
import { KeptRows, type KeptPiece, type KeptPlace } from "./kept/kept-rows.ts";
import type { KnownVersions } from "./known-versions.ts";
import type { LeftOut } from "./left-out.ts";
import { PackedRows } from "./packed/packed-rows.ts";
import { rowId } from "./row-id.ts";
import { rowsTopic } from "./rows-topic.ts";
import { TakenRows } from "./take-rows.ts";

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
  /** Where packed rows are kept for the next reading of all, and found again; a former reading is repeated without. Absent: nowhere. */
  readonly keep?: KeptPlace | undefined;
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
 * @param keep where what was read before lies; the rows are the same with and without
 */
export async function readRows(
  backbone: Backbone,
  serdes: Serdes,
  compiled: CompiledBlueprint,
  blueprints: KnownVersions,
  until: number,
  options: ReadOptions = {},
): Promise<RowsRead> {
  const { topic = rowsTopic(compiled), again, most, since = Number.NEGATIVE_INFINITY, packed = false } = options;
  const usable = usableVersions(compiled, blueprints, again?.versions ?? []);
  const reading = {
    ...{ backbone, useCase: compiled.blueprint.useCase, version: compiled.blueprint.version, topic: topic.name },
    schema: JSON.stringify(topic.schema),
    stateOf: (version: string) => stateOf(compiled, blueprints, usable, version),
  };
  const isAll = packed && again === undefined && since === Number.NEGATIVE_INFINITY;
  const keeping = options.keep && isAll ? await KeptRows.of(options.keep, reading) : undefined;
  const ranges = again?.ranges ?? (await rangesOf(backbone, topic.name));
  const kept = (await keeping?.open(ranges)) === true ? keeping : undefined;
  const newest = new Map<string, TrainingRow>();
  const store = packed ? new PackedRows() : undefined;
  const records = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  const taken = new TakenRows({
    ...{ serdes, compiled, blueprints, until, since, usable, kept },
    share: most === undefined ? 1 : most / records,
    add: store === undefined ? (row) => keepNewest(newest, row) : (row) => store.add(row),
  });
  const onBad = (record: RawRecord, error: unknown): void => {
    const row = rowAsWritten(serdes, record);
    if (row !== undefined) return taken.takeUnreadable(record, row.blueprintVersion, row.rowTime, error);
    serdes.unreadable.report(record, error);
    kept?.cut(record);
  };
  /** Of the current row. */
  let current: RawRecord | undefined;
  // A row is later than its decision.
  const isWanted = (record: RawRecord): boolean => {
    current = record;
    return record.timestamp > since;
  };
  const read = async (some: readonly OffsetRange[]): Promise<void> => {
    for (const { partition, from } of some) kept?.beginAt(partition, from);
    for await (const { value } of readTopic(backbone, serdes, topic, { ranges: some, onBad, isWanted })) {
      taken.take(current!, value);
      if (kept?.isDue === true) await kept.write();
    }
    await kept?.write();
  };
  await read(
    kept === undefined ? ranges : await takeKept(kept, ranges, (piece) => taken.takeKept(piece, store!), read),
  );
  return {
    rows: store?.newest() ?? [...newest.values()].sort(byDecision),
    ranges,
    versions: [...taken.versions].sort(),
    leftOut: again === undefined ? taken.leftOut.all() : [],
    later: taken.later,
    sampledOut: taken.sampledOut,
  };
}

/**
 * Takes all that is kept of some ranges, and reads what lies between.
 * @returns the ends of the ranges, which are still to be read
 */
async function takeKept(
  kept: KeptRows,
  ranges: readonly OffsetRange[],
  take: (piece: KeptPiece) => void,
  read: (some: readonly OffsetRange[]) => Promise<void>,
): Promise<readonly OffsetRange[]> {
  const ends: OffsetRange[] = [];
  for (const range of ranges) {
    for await (const piece of kept.pieces(range)) {
      if ("chunk" in piece) take(piece);
      else if (piece.isLast) ends.push(piece.range);
      else {
        await read([piece.range]);
        kept.end(piece.range.partition, piece.range.to);
        await kept.write();
      }
    }
  }
  return ends;
}

/** All that decides, beside the blueprint that reads, what a row of a version is to it. */
function stateOf(
  { blueprint }: CompiledBlueprint,
  blueprints: KnownVersions,
  usable: (version: string) => boolean,
  version: string,
): string {
  const isKnown = blueprints.version(blueprint.useCase, version) !== undefined;
  return `${isKnown ? "known" : "unknown"}, ${usable(version) ? "usable" : "of no use"}`;
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
