import type { CompiledBlueprint } from "../blueprints/index.ts";
import type { TrainingRow } from "../schemas/index.ts";
import {
  type Backbone,
  checkRead,
  CodedError,
  type RawRecord,
  readRaw,
  RecordHeads,
  type Serdes,
  type Topic,
} from "../streams/index.ts";
import type { LeftOutRows } from "./left-out.ts";
import { rowAsWritten, usableVersions } from "./read-rows.ts";
import { rowId } from "./row-id.ts";
import { rowsTopic } from "./rows-topic.ts";
import { RecordSort } from "./sort/record-sort.ts";
import type { Spill } from "./sort/spill.ts";
import type { KnownVersions } from "./known-versions.ts";
import { ownLabel } from "./own-label.ts";

export interface OrderOptions {
  /** The topic of the rows. Absent: the use case's own. */
  readonly topic?: Topic<TrainingRow> | undefined;
  /** Only decisions at or after this time, ms. */
  readonly from: number;
  /** Only decisions before this time, ms. */
  readonly to: number;
  /** Only rows that were known by this time, ms; a later row of the same decision does not count. Absent: all. */
  readonly asOf?: number | undefined;
  /** Counts the rows that are left out. */
  readonly leftOut: LeftOutRows;
  /** Approximate memory for waiting records, in bytes. */
  readonly bytes: number;
  /** Opens the room for records beyond `bytes`. */
  readonly spill: () => Promise<Spill>;
  /** Called every thousand records that were taken in their order, of all that are sorted. */
  readonly onTaken?: ((taken: number, total: number) => void) | undefined;
}

/** The fields that order a row. */
interface Place {
  readonly decisionId: string;
  readonly blueprintVersion: string;
  readonly decisionTime: number;
  readonly optionId?: string | null;
}

/** These columns lie in front of the features. */
const HEAD = ["decisionId", "blueprintVersion", "decisionTime"];
const headsOfDecisions = new RecordHeads(HEAD);
const headsOfOptions = new RecordHeads([...HEAD, "optionId"]);

/**
 * The rows of `readRows`, one after the other and in bounded memory: the newest of each decision, or of each of
 * its options, by decision time and then decision and option id. A waiting row takes only its bytes, and beyond `bytes` none at all.
 */
export async function* rowsInOrder(
  backbone: Backbone,
  serdes: Serdes,
  compiled: CompiledBlueprint,
  blueprints: KnownVersions,
  {
    topic = rowsTopic(compiled),
    from,
    to,
    asOf = Number.POSITIVE_INFINITY,
    leftOut,
    onTaken,
    ...options
  }: OrderOptions,
): AsyncGenerator<TrainingRow> {
  const decoded = (record: RawRecord): TrainingRow | undefined => decode(serdes, topic, record, leftOut);
  const heads = compiled.options === null ? headsOfDecisions : headsOfOptions;
  const usable = usableVersions(compiled, blueprints);
  const own = ownLabel(serdes, compiled, blueprints);
  const sort = new RecordSort({ topic: topic.name, ...options });
  try {
    for await (const records of readRaw(backbone, topic.name)) {
      for (const record of records) {
        if (record.value === null && record.unreadable === undefined) continue;
        if (record.value !== null && !serdes.knows(record.value)) await serdes.learn(record.value);
        const place = headOf(serdes, record, heads) ?? (decoded(record) as Place | undefined);
        if (place === undefined) continue;
        const { blueprintVersion: version, decisionTime: time } = place;
        if (time < from || time >= to) continue;
        if (!usable(version)) {
          if (decoded(record) !== undefined) leftOut.other(version);
          continue;
        }
        const sorting = sort.add({ time, id: rowId(place), record });
        if (sorting !== undefined) await sorting;
      }
    }
    let newest: TrainingRow | undefined;
    let taken = 0;
    for await (const { record } of sort.sorted()) {
      if (++taken % 1_000 === 0) onTaken?.(taken, sort.added);
      const read = decoded(record);
      const row = read && own(read, record.value!);
      if (row === undefined || (row["rowTime"] as number) > asOf) continue;
      if (newest !== undefined && !isSame(newest, row)) {
        yield newest;
        newest = undefined;
      }
      if (newest === undefined || (newest["rowTime"] as number) <= (row["rowTime"] as number)) newest = row;
    }
    if (newest !== undefined) yield newest;
  } finally {
    await sort.close();
  }
}

const isSame = (a: TrainingRow, b: TrainingRow): boolean =>
  a["decisionTime"] === b["decisionTime"] && rowId(a) === rowId(b);

/** `undefined` if only the whole row tells it. */
function headOf(serdes: Serdes, { value }: RawRecord, heads: RecordHeads): Place | undefined {
  const schema = value === null ? undefined : serdes.schemaOf(value);
  const head = schema === undefined ? undefined : heads.read(schema, value!);
  return head !== undefined && isPlace(head) ? head : undefined;
}

const isPlace = (head: object): head is Place => {
  const { decisionId, blueprintVersion, decisionTime } = head as Partial<Place>;
  return typeof decisionId === "string" && typeof blueprintVersion === "string" && typeof decisionTime === "number";
};

/** `undefined` if the row can't be used; it is then counted or reported. */
function decode(
  serdes: Serdes,
  topic: Topic<TrainingRow>,
  record: RawRecord,
  leftOut: LeftOutRows,
): TrainingRow | undefined {
  try {
    if (record.value === null) throw record.unreadable!.error;
    const row = serdes.decode(topic, record.value);
    checkRead(topic, record, row);
    return row;
  } catch (error) {
    if (!(error instanceof CodedError) || error.flags.retry) throw error;
    const row = rowAsWritten(serdes, record);
    if (row === undefined) serdes.unreadable.report(record, error);
    else leftOut.unreadable(row.blueprintVersion, error);
    return undefined;
  }
}
