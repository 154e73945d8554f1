import {
  decisionRequests,
  events,
  observations,
  type DecisionRequested,
  type ObservationRecorded,
} from "../../schemas/index.ts";
import { checkRecord, checkTime, SOURCE_HEADER, type Headers, type Incoming } from "../../streams/client/index.ts";

/** Names an event on its topic, so that the client can see whether it is stored. */
export const EVENT_ID = "loopstream_event_id";

type Values = Readonly<Record<string, null | boolean | number | string>>;

export interface KeptObservation {
  readonly what: "observation";
  /** The observation's id. */
  readonly id: string;
  readonly decisionId: string;
  readonly useCase: string;
  /** The option that it is about. Absent, as in spools of former releases: all that were shown. */
  readonly optionId?: string | undefined;
  /** The decision was shown. Absent: nothing is said of that. */
  readonly activation?: true | undefined;
  readonly values: Values;
  /** Event time, ms. */
  readonly time: number;
  /** Absent: it is of the world as it happens. */
  readonly source?: string | undefined;
}

export interface KeptEvent {
  readonly what: "event";
  readonly id: string;
  readonly kind: string;
  /** Of the record. */
  readonly key: string;
  readonly attributes: Values;
  /** Event time, ms. */
  readonly time: number;
}

/** A request with the decision that this process has answered it with. It waits in memory alone. */
export interface KeptDecision {
  readonly what: "decision";
  /** The decision's id. */
  readonly id: string;
  readonly request: DecisionRequested;
  /** Event time, ms. */
  readonly time: number;
}

/** Something with all that it needs to be sent, now or later. */
export type KeptRecord = KeptObservation | KeptEvent | KeptDecision;

/** Of the objects around the texts. */
const RECORD_BYTES = 512;
const ENTRY_BYTES = 48;

/** A record's size in memory, roughly, in bytes. */
export function bytesOf(record: KeptRecord): number {
  if (record.what === "decision") return 2 * RECORD_BYTES + 2 * JSON.stringify(record.request).length;
  const values = record.what === "event" ? record.attributes : record.values;
  let entries = 0;
  for (const _ in values) entries++;
  return RECORD_BYTES + ENTRY_BYTES * entries + 2 * charactersOf(record);
}

/**
 * Throws `BAD_TIME` or `OVER_LIMIT` for a record that will never be stored, before it waits. A record within a few bytes
 * of the limit of a whole value is refused only when it is sent.
 */
export function checkKept(record: KeptRecord): void {
  checkTime(record.time, "time");
  if (record.what === "decision") {
    const { id, request } = record;
    return checkRecord(decisionRequests, incoming(request, id, JSON.stringify(request).length));
  }
  if (record.what === "event") {
    const { kind, attributes, key } = record;
    checkRecord(events, incoming({ kind, attributes }, key, charactersOf(record)));
  } else {
    const { decisionId, source } = record;
    checkRecord(observations, incoming(observed(record), decisionId, charactersOf(record), sourceHeaders(source)));
  }
}

/** The value of an observation's record. */
export function observed(kept: KeptObservation): ObservationRecorded {
  const { decisionId, useCase, id, optionId = "", activation = false, values } = kept;
  return { decisionId, useCase, observationId: id, optionId, activation, values };
}

const noHeaders: Headers = Object.freeze({});

/** The headers of a record of this source. */
export const sourceHeaders = (source: string | undefined): Headers =>
  source === undefined ? noHeaders : { [SOURCE_HEADER]: Buffer.from(source) };

const incoming = <V>(value: V, key: string, bytes: number, headers = noHeaders): Incoming<V> => {
  return { value, bytes, keyBytes: Buffer.byteLength(key), headers };
};

function charactersOf(record: Exclude<KeptRecord, KeptDecision>): number {
  if (record.what === "event") return record.kind.length + charactersIn(record.attributes);
  const { decisionId, useCase, id, optionId = "", values } = record;
  return decisionId.length + useCase.length + id.length + optionId.length + charactersIn(values);
}

function charactersIn(values: Values): number {
  let count = 0;
  for (const name in values) {
    const value = values[name];
    count += name.length + (typeof value === "string" ? value.length : 8);
  }
  return count;
}
