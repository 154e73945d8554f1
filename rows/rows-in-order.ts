import type { CompiledBlueprint } from "../blueprints/index.ts";
import type { TrainingRow } from "../schemas/index.ts";
import {
  checkRead,
  readRaw,
  RecordHeads,
  StreamsError,
  type Backbone,
  type RawRecord,
  type Serdes,
  type Topic,
} from "../streams/index.ts";
import type { LeftOutRows } from "./left-out.ts";
import { rowAsWritten, usableVersions } from "./read-rows.ts";
import { rowsTopic } from "./rows-topic.ts";
import { RecordSort } from "./sort/record-sort.ts";
import type { Spill } from "./sort/spill.ts";
import type { KnownVersions } from "./known-versions.ts";
import { ownLabel } from "./own-label.ts";

export interface OrderOptions {
  /** Where the rows are; absent: the use case's own topic. */
  readonly topic?: Topic<TrainingRow> | undefined;
  /** Only decisions from then on, ms. */
  readonly from: number;
  /** Only decisions before then, ms. */
  readonly to: number;
  /** Counts what is left out. */
  readonly leftOut: LeftOutRows;
  /** Records held in memory at a time, about; bytes. */
  readonly bytes: number;
  /** Where the others wait meanwhile. */
  readonly spill: () => Promise<Spill>;
}

/** What says where a row belongs. */
interface Place {
  readonly decisionId: string;
  readonly blueprintVersion: string;
  readonly decisionTime: number;
}

/** They are in front of the features. */
const heads = new RecordHeads(["decisionId", "blueprintVersion", "decisionTime"]);

/**
 * The rows that `readRows` gives, the newest of each decision by decision time and then decision id, one after the other and in bounded memory: of a row
 * that waits no more is held than its bytes, and past `bytes` not these.
 */
export async function* rowsInOrder(
  backbone: Backbone,
  serdes: Serdes,
  compiled: CompiledBlueprint,
  blueprints: KnownVersions,
  { topic = rowsTopic(compiled), from, to, leftOut, ...options }: OrderOptions,
): AsyncGenerator<TrainingRow> {
  const decoded = (record: RawRecord): TrainingRow | undefined => decode(serdes, topic, record, leftOut);
  const usable = usableVersions(compiled, blueprints);
  const own = ownLabel(serdes, compiled, blueprints);
  const sort = new RecordSort({ topic: topic.name, ...options });
  try {
    for await (const records of readRaw(backbone, topic.name)) {
      for (const record of records) {
        if (record.value === null && record.unreadable === undefined) continue;
        if (record.value !== null && !serdes.knows(record.value)) await serdes.learn(record.value);
        const place = headOf(serdes, record) ?? (decoded(record) as Place | undefined);
        if (place === undefined) continue;
        const { blueprintVersion: version, decisionTime: time, decisionId: id } = place;
        if (time < from || time >= to) continue;
        if (!usable(version)) {
          if (decoded(record) !== undefined) leftOut.other(version);
          continue;
        }
        const sorting = sort.add({ time, id, record });
        if (sorting !== undefined) await sorting;
      }
    }
    let newest: TrainingRow | undefined;
    for await (const { record } of sort.sorted()) {
      const read = decoded(record);
      const row = read && own(read, record.value!);
      if (row === undefined) continue;
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
  a["decisionTime"] === b["decisionTime"] && a["decisionId"] === b["decisionId"];

/** `undefined` where the whole row has to be read to know it. */
function headOf(serdes: Serdes, { value }: RawRecord): Place | undefined {
  const schema = value === null ? undefined : serdes.schemaOf(value);
  const head = schema === undefined ? undefined : heads.read(schema, value!);
  return head !== undefined && isPlace(head) ? head : undefined;
}

const isPlace = (head: object): head is Place => {
  const { decisionId, blueprintVersion, decisionTime } = head as Partial<Place>;
  return typeof decisionId === "string" && typeof blueprintVersion === "string" && typeof decisionTime === "number";
};

/** `undefined` where it can't be used, which is counted or reported. */
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
    if (!(error instanceof StreamsError) || error.flags.retry) throw error;
    const row = rowAsWritten(serdes, record);
    if (row === undefined) serdes.unreadable.report(record, error);
    else leftOut.unreadable(row.blueprintVersion, error);
    return undefined;
  }
}
