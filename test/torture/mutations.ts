import type { OutgoingRecord, Serdes } from "../../streams/index.ts";
import type { Base } from "./bases.ts";

/**
 * What must become of a record. `dead`: it is in the dead letters if it was stored. `fine`: it is not. `either`: both are right, such as for a bit that was
 * turned. `unread`: nothing reads it while the loop runs.
 */
export type Fate = "dead" | "fine" | "either" | "unread";

export interface Mutated {
  readonly kind: string;
  readonly record: OutgoingRecord;
  readonly fate: Fate;
}

export interface MutationTools {
  readonly random: () => number;
  readonly serdes: Serdes;
  /** Ids of schemas that are no Avro records of ours, as the registry has them. */
  readonly foreignIds: readonly number[];
  /** Topics that no reply may go to. */
  readonly forbidden: readonly string[];
}

type Mutation = (base: Base, tools: MutationTools) => Omit<Mutated, "kind">;

const DAY = 86_400_000;
/** Year 1, a minute before and at 1970, three hours ahead, microseconds, the last millisecond of the year 9999. */
const TIMES = (): readonly number[] => [
  -62_135_596_800_000,
  -60_000,
  0,
  1,
  Date.now() - 400 * DAY,
  Date.now() + 3 * 3_600_000,
  Date.now() + 3 * DAY,
  Date.now() * 1_000,
  253_402_300_799_999,
];
const WORDS = [
  "",
  "__proto__",
  "constructor",
  "a/b",
  "\0",
  "\u{1f600}".repeat(50),
  "x".repeat(600),
  "y".repeat(100_000),
];

const pick = <T>(list: readonly T[], random: () => number): T => list[Math.floor(random() * list.length)]!;
const bytes = (length: number, random: () => number): Buffer =>
  Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));

/** A record of a topic that tasks or globals read must be decodable. */
const bad = (base: Base): Fate => (base.passed ? "either" : base.read ? "dead" : "unread");
const unsure = (base: Base): Fate => (base.read ? "either" : "unread");

function withValue(base: Base, value: Uint8Array | null, fate: Fate): Omit<Mutated, "kind"> {
  return { record: { ...base.record, value }, fate };
}

function withId(base: Base, id: number, fate: Fate): Omit<Mutated, "kind"> {
  const value = Buffer.from(base.record.value!);
  value.writeUInt32BE(id, 1);
  return withValue(base, value, fate);
}

/** Each makes one thing wrong. */
export const mutations: Readonly<Record<string, Mutation>> = {
  untouched: (base) => ({ record: base.record, fate: unsure(base) }),
  flipped(base, { random }) {
    const value = Buffer.from(base.record.value!);
    for (let times = 1 + Math.floor(random() * 6); times > 0; times--) {
      const at = 5 + Math.floor(random() * (value.length - 5));
      value[at] = value[at]! ^ (1 << Math.floor(random() * 8));
    }
    return withValue(base, value, unsure(base));
  },
  truncated: (base, { random }) => {
    const { value } = base.record;
    return withValue(base, value!.subarray(0, Math.floor(random() * (value!.length - 1))), bad(base));
  },
  extended: (base, { random }) =>
    withValue(base, Buffer.concat([base.record.value!, bytes(1 + Math.floor(random() * 20), random)]), bad(base)),
  garbage: (base, { random }) => {
    const value = bytes(1 + Math.floor(random() * 300), random);
    value[0] = 1 + Math.floor(random() * 255);
    return withValue(base, value, bad(base));
  },
  empty: (base) => withValue(base, Buffer.alloc(0), bad(base)),
  tombstone: (base) => withValue(base, null, base.read && !base.table ? "dead" : "unread"),
  json: (base) => withValue(base, Buffer.from(JSON.stringify(base.value)), bad(base)),
  unknownId: (base, { random }) => withId(base, 900_000 + Math.floor(random() * 50), bad(base)),
  foreignId: (base, { random, foreignIds }) =>
    foreignIds.length === 0 ? withId(base, 0xffff_ffff, bad(base)) : withId(base, pick(foreignIds, random), bad(base)),
  hugeCount(base) {
    // A map or an array that says it has 2^60 entries.
    const value = Buffer.concat([base.record.value!.subarray(0, 5), Buffer.from("feffffffffffffff1f", "hex")]);
    return withValue(base, value, bad(base));
  },
  otherTime: (base, { random }) => ({
    record: { ...base.record, timestamp: pick(TIMES(), random) },
    fate: unsure(base),
  }),
  noKey: (base, { random }) => ({
    record: { ...base.record, key: random() < 0.5 ? null : Buffer.alloc(0) },
    fate: unsure(base),
  }),
  longKey: (base) => ({ record: { ...base.record, key: Buffer.alloc(100_000, "k") }, fate: unsure(base) }),
  strangeText: (base, { random, serdes }) => {
    const value = replaced(base.value, pick(WORDS, random), random);
    return withValue(base, serdes.encode(base.topic, value as never), unsure(base));
  },
  manyHeaders: (base, { random }) => ({
    record: {
      ...base.record,
      headers: Object.fromEntries(
        Array.from({ length: 1 + Math.floor(random() * 2_000) }, (_, index) => [`h${index}`, bytes(8, random)]),
      ),
    },
    fate: unsure(base),
  }),
  largeHeader: (base, { random }) => ({
    record: {
      ...base.record,
      headers: { __proto__x: bytes(2, random), large: Buffer.alloc(Math.floor(random() * 900_000)) },
    },
    fate: unsure(base),
  }),
  large: (base, { random }) => {
    const value = Buffer.concat([base.record.value!, Buffer.alloc(Math.floor(random() * 5_000_000))]);
    return withValue(base, value, bad(base));
  },
  replyElsewhere: (base, { random, forbidden }) => ({
    record: {
      ...base.record,
      headers: { kafka_replyTopic: Buffer.from(pick(forbidden, random)), kafka_correlationId: bytes(8, random) },
    },
    fate: base.topic.name === "decision-requests" ? "dead" : unsure(base),
  }),
  strangeReply: (base, { random }) => ({
    record: {
      ...base.record,
      headers: {
        kafka_replyTopic: Buffer.from(pick(["decision-replies", "../x", "é", "t".repeat(300), "nowhere"], random)),
        kafka_replyPartition: bytes(Math.floor(random() * 7), random),
        kafka_correlationId: Buffer.alloc(Math.floor(random() * 20_000)),
      },
    },
    fate: unsure(base),
  }),
};

/** One text or number inside is another. */
function replaced(value: unknown, word: string, random: () => number): unknown {
  if (typeof value === "string") return random() < 0.5 ? word : value;
  if (typeof value === "number") return value;
  if (Array.isArray(value)) return value.map((part: unknown) => replaced(part, word, random));
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, replaced(part, word, random)]));
}
