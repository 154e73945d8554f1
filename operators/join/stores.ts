import { decisions, formerDecisionSchema, formerState, withoutKeys, type FormerDecision } from "../../schemas/index.ts";
import { avroStore, defineTopic, type AvroSchema, type StoreSpec } from "../../streams/index.ts";
import { decodeFormer, isFormer } from "./former.ts";
import type { Known, Made, PendingObservation, Stored } from "./known.ts";

const observationSchema = {
  type: "record",
  name: "PendingObservation",
  namespace: "loopstream.state",
  fields: [
    { name: "id", type: "string" },
    { name: "useCase", type: "string" },
    { name: "time", type: "long" },
    { name: "values", type: { type: "map", values: ["null", "boolean", "double", "string"] } },
    { name: "partition", type: "int" },
    { name: "offset", type: "long" },
    { name: "optionId", type: "string", default: "" },
    { name: "activation", type: "boolean", default: false },
  ],
} as const;

const useSchema = {
  type: "record",
  name: "Use",
  namespace: "loopstream.state",
  fields: [
    { name: "useCase", type: ["null", "string"] },
    { name: "decidedAt", type: "long" },
    { name: "from", type: ["null", "long"] },
    { name: "open", type: "boolean" },
    { name: "done", type: "boolean" },
    { name: "label", type: ["null", "double"] },
    { name: "next", type: "boolean" },
    { name: "closedTime", type: ["null", "long"] },
    { name: "owed", type: "boolean" },
    { name: "until", type: "long" },
    { name: "others", type: ["null", { type: "array", items: ["null", "double"] }], default: null },
    { name: "stage", type: "int", default: 0 },
  ],
} as const;

const numbers = ["first", "more", "count", "bytes", "last"].map((name) => ({ name, type: "long" }));
/** Avro writes it as the first byte 4; the former format began with 0 or 2. */
const FORMAT = 2;
const stored = avroStore<Known & { readonly format: number }>(
  defineTopic({
    name: "join-pending",
    schema: {
      type: "record",
      name: "Known",
      namespace: "loopstream.state",
      fields: [
        { name: "format", type: "int" },
        { name: "uses", type: { type: "array", items: useSchema } },
        { name: "few", type: { type: "array", items: observationSchema } },
        ...numbers,
      ],
    },
  }),
  formerState["join.pending"],
);

/** By decision id. */
export const pendingStore: StoreSpec<Stored> = {
  ...stored,
  encode: (known) => stored.encode({ ...known, format: FORMAT }),
  decode: (bytes) => (isFormer(bytes) ? decodeFormer(bytes) : stored.decode(bytes)),
  reading(writer) {
    const read = stored.reading!(writer);
    return (bytes) => (isFormer(bytes) ? decodeFormer(bytes) : read(bytes));
  },
};

export interface Decided {
  readonly made: readonly Made[];
}

const decidedSchema = (decision: AvroSchema, first: readonly object[] = []) => ({
  type: "record",
  name: "Decided",
  namespace: "loopstream.state",
  fields: [
    ...first,
    {
      name: "made",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "Made",
          fields: [
            { name: "decision", type: decision },
            { name: "partition", type: "int" },
            { name: "offset", type: "long" },
          ],
        },
      },
    },
  ],
});

/** Avro writes it as the first byte 1; the former format began with how many there are, which is even there. */
const DECIDED_FORMAT = -1;
const decided = avroStore<Decided & { readonly format: number }>(
  defineTopic({
    name: "join-decided",
    schema: decidedSchema(decisions.schema, [{ name: "format", type: "int" }]),
  }),
  formerState["join.decided"],
);
/** For decisions without kept keys. */
const formerDecided = avroStore<{ readonly made: readonly (Omit<Made, "decision"> & { decision: FormerDecision })[] }>(
  defineTopic({ name: "join-decided-1", schema: decidedSchema(formerDecisionSchema) }),
);

/** By decision id: its open decisions, and those whose turn comes next. */
export const decidedStore: StoreSpec<Decided> = {
  ...decided,
  encode: ({ made }) => decided.encode({ format: DECIDED_FORMAT, made }),
  decode: (bytes) => decidedIn(bytes, decided.decode),
  reading(writer) {
    const read = decided.reading!(writer);
    return (bytes) => decidedIn(bytes, read);
  },
};

function decidedIn(bytes: Uint8Array, read: (bytes: Uint8Array) => Decided): Decided {
  if (bytes[0]! % 2 === 1) return read(bytes);
  const { made } = formerDecided.decode(bytes);
  return { made: made.map((one) => ({ ...one, decision: withoutKeys(one.decision) })) };
}

/** By number and decision id. */
export const moreStore: StoreSpec<PendingObservation> = avroStore(
  defineTopic({ name: "join-more", schema: observationSchema }),
  formerState["join.more"],
);

/** Names of observations with keys of their own: only the key is stored. */
export const nameStore: StoreSpec<true> = { encode: () => present, decode: () => true };
const present = Uint8Array.of(1);
