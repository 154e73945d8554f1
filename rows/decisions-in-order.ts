import { decisions, type DecisionRecorded } from "../schemas/index.ts";
import { CodedError, readRaw, type Backbone, type Origin, type RawRecord, type Serdes } from "../streams/index.ts";
import { RecordSort } from "./sort/record-sort.ts";
import type { Spill } from "./sort/spill.ts";

export interface DecisionOrderOptions {
  /** Only decisions at or after this time, ms. */
  readonly from: number;
  /** Only decisions before this time, ms. */
  readonly to: number;
  /** Approximate memory for waiting records, in bytes. */
  readonly bytes: number;
  /** Opens the room for records beyond `bytes`. */
  readonly spill: () => Promise<Spill>;
  /** Called every thousand records that were taken in their order, of all that are sorted. */
  readonly onTaken?: ((taken: number, total: number) => void) | undefined;
}

/**
 * The decisions of a use case, by decision time and then decision id, in bounded memory. Those that have no label yet
 * are among them. A record that can't be read is left out, and is a dead letter.
 */
export async function* decisionsInOrder(
  backbone: Backbone,
  serdes: Serdes,
  useCase: string,
  options: DecisionOrderOptions,
): AsyncGenerator<DecisionRecorded> {
  for await (const { decision } of placedDecisions(backbone, serdes, useCase, options)) yield decision;
}

/** A decision with its place on the topic. */
export interface PlacedDecision {
  readonly decision: DecisionRecorded;
  readonly origin: Origin;
}

/** The same, each with its place. */
export async function* placedDecisions(
  backbone: Backbone,
  serdes: Serdes,
  useCase: string,
  { from, to, onTaken, ...options }: DecisionOrderOptions,
): AsyncGenerator<PlacedDecision> {
  const sort = new RecordSort({ topic: decisions.name, ...options });
  try {
    for await (const records of readRaw(backbone, decisions.name)) {
      for (const record of records) {
        const decision = await read(serdes, record);
        if (decision?.useCase !== useCase) continue;
        const { decisionTime: time, decisionId: id } = decision;
        if (time < from || time >= to) continue;
        const sorting = sort.add({ time, id, record });
        if (sorting !== undefined) await sorting;
      }
    }
    let last: DecisionRecorded | undefined;
    let taken = 0;
    for await (const { record } of sort.sorted()) {
      if (++taken % 1_000 === 0) onTaken?.(taken, sort.added);
      const decision = (await read(serdes, record))!;
      // A loop that delivers at least once may have written the same one again.
      if (last?.decisionId !== decision.decisionId || last.decisionTime !== decision.decisionTime) {
        const { topic, partition, offset } = record;
        yield { decision, origin: { topic, partition, offset } };
      }
      last = decision;
    }
  } finally {
    await sort.close();
  }
}

/** `undefined` if the record can't be read; it is then reported. */
async function read(serdes: Serdes, record: RawRecord): Promise<DecisionRecorded | undefined> {
  try {
    if (record.unreadable !== undefined) throw record.unreadable.error;
    if (record.value === null) return undefined;
    if (!serdes.knows(record.value)) await serdes.learn(record.value);
    return serdes.decode(decisions, record.value);
  } catch (error) {
    if (!(error instanceof CodedError) || error.flags.retry) throw error;
    serdes.unreadable.report(record, error);
    return undefined;
  }
}
