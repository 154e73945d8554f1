import { isEventTime, PLACE_HEADER, type Incoming } from "../streams/client/index.ts";
import { recordLimits } from "./limits.ts";
import type { Candidate, DecisionRequested, EventRecorded, ObservationRecorded, TableRow } from "./types/index.ts";

const {
  idBytes,
  nameBytes,
  textBytes,
  mapEntries,
  candidates: mostCandidates,
  valueBytes,
  keyBytes,
  headers,
  headerBytes,
  tableRowBytes,
  tableKeyBytes,
} = recordLimits;

/**
 * A value of this many bytes can't hold a text, or a name in a map, over its limit: most values need no closer look.
 */
const SMALL = Math.min(idBytes, nameBytes);
const SMALL_MAP = Math.min(nameBytes, textBytes, mapEntries);

type Values = Readonly<Record<string, unknown>>;
type Problem = string | undefined;
/** Before it is encoded, a value may lack fields that have defaults. */
type Given<V, Defaulted extends keyof V> = Omit<V, Defaulted> & Partial<Pick<V, Defaulted>>;

/** The limit that a request breaks; `undefined`: none. */
export function requestProblem(record: Incoming<DecisionRequested>): Problem {
  const { decisionId, candidates = [] }: Given<DecisionRequested, "candidates"> = record.value;
  if (decisionId === "") return "decisionId is empty: every such request would be the same decision";
  const unnamed = candidates.findIndex(({ optionId }) => optionId === "");
  if (unnamed >= 0) return `candidates[${unnamed}].optionId is empty: name the option`;
  return problemOf(record, inRequest);
}

export function observationProblem(record: Incoming<ObservationRecorded>): Problem {
  if (record.value.decisionId === "") return "decisionId is empty: name the decision that was observed";
  return problemOf(record, inObservation);
}

export function eventProblem(record: Incoming<EventRecorded>): Problem {
  return problemOf(record, inEvent);
}

export function tableRowProblem(record: Incoming<TableRow>): Problem {
  const { table, key, validFrom, values } = record.value;
  if (table === "") return "table is empty: name the table that the row is of";
  if (!isEventTime(validFrom))
    return `validFrom is ${validFrom}: it is a whole number of ms since 1970, up to the year 9999`;
  if (key.length < 1 || key.length > 3) return `key has ${key.length} parts; a row has one to three`;
  if (key.includes("")) return "a part of the key is empty: a decision without it looks up no row";
  const { bytes } = record;
  if (bytes > tableRowBytes) return `the whole row has ${bytes} bytes; at most ${tableRowBytes} are taken`;
  return (
    outside(record) ??
    over("table", table, nameBytes) ??
    key.map((part) => over("a part of the key", part, tableKeyBytes)).find((problem) => problem !== undefined) ??
    (values === null ? undefined : inMap("values", values, bytes))
  );
}

/** @param inside checks the fields of a value that is large enough to break a limit. */
function problemOf<V>(record: Incoming<V>, inside: (value: V, bytes: number) => Problem): Problem {
  const { value, bytes } = record;
  return outside(record) ?? (bytes <= SMALL ? undefined : (whole(bytes) ?? inside(value, bytes)));
}

function inRequest(
  { decisionId, unit, useCase, context, candidates = [] }: Given<DecisionRequested, "candidates">,
  bytes: number,
): Problem {
  return (
    over("decisionId", decisionId, idBytes) ??
    over("unit", unit, idBytes) ??
    over("useCase", useCase, nameBytes) ??
    inMap("context", context, bytes) ??
    inCandidates(candidates, bytes)
  );
}

/** A problem names the candidate by its place, from 0, and its id. */
function inCandidates(candidates: readonly Candidate[], bytes: number): Problem {
  if (candidates.length > mostCandidates)
    return `candidates has ${candidates.length} options; at most ${mostCandidates} are taken`;
  for (const [at, { optionId, context }] of candidates.entries()) {
    const id = over("optionId", optionId, idBytes);
    if (id !== undefined) return `candidates[${at}].${id}`;
    const problem = inMap("context", context, bytes);
    if (problem !== undefined) return `candidates[${at}] (${JSON.stringify(optionId)}): ${problem}`;
  }
  return undefined;
}

function inObservation(
  { decisionId, observationId, optionId = "", useCase, values }: Given<ObservationRecorded, "optionId">,
  bytes: number,
): Problem {
  return (
    over("decisionId", decisionId, idBytes) ??
    over("observationId", observationId, idBytes) ??
    over("optionId", optionId, idBytes) ??
    over("useCase", useCase, nameBytes) ??
    inMap("values", values, bytes)
  );
}

function inEvent({ kind, attributes }: EventRecorded, bytes: number): Problem {
  return over("kind", kind, nameBytes) ?? inMap("attributes", attributes, bytes);
}

/** Checks key and headers. */
function outside({ keyBytes: key, headers: given }: Incoming<unknown>): Problem {
  if (key > keyBytes) return `the record's key has ${key} bytes; at most ${keyBytes} are taken`;
  let count = 0;
  let bytes = 0;
  for (const name in given) {
    // The loop's own, on a record that it has passed on.
    if (name === PLACE_HEADER) continue;
    count++;
    bytes += name.length + given[name]!.length;
  }
  if (count > headers) return `the record has ${count} headers; at most ${headers} are taken`;
  return bytes > headerBytes ? `the headers have ${bytes} bytes; at most ${headerBytes} are taken` : undefined;
}

function whole(bytes: number): Problem {
  return bytes > valueBytes ? `the whole value has ${bytes} bytes; at most ${valueBytes} are taken` : undefined;
}

function over(field: string, text: string, most: number): Problem {
  if (text.length * 3 <= most) return undefined;
  const bytes = Buffer.byteLength(text);
  return bytes > most ? `${field} has ${bytes} bytes; at most ${most} are taken` : undefined;
}

function inMap(field: string, values: Values, bytes: number): Problem {
  if (bytes <= SMALL_MAP) return undefined;
  const names = Object.keys(values);
  // A look for each of many names would take longer.
  const all = Object.values(values);
  for (let at = 0; at < names.length; at++) {
    const [name, value] = [names[at]!, all[at]];
    if (name.length * 3 > nameBytes) {
      const problem = over(`a name in ${field}`, name, nameBytes);
      if (problem !== undefined) return problem;
    }
    if (typeof value === "string" && value.length * 3 > textBytes) {
      const problem = over(`${field}.${name}`, value, textBytes);
      if (problem !== undefined) return problem;
    }
  }
  const count = names.length;
  return count > mapEntries ? `${field} has ${count} entries; at most ${mapEntries} are taken` : undefined;
}
