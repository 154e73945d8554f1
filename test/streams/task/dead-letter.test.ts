import { expect, test } from "vitest";
import { deadLetters } from "../../../schemas/index.ts";
import { deadLetter, letterKey, StreamsError, streamsLimits, type Headers } from "../../../streams/index.ts";

const LIMIT = streamsLimits.recordBytes;
const origin = { topic: "requests", partition: 3, offset: 17 };
const failure = new StreamsError("UNDECODABLE", "bad");

/** Bytes of the record that holds the letter. */
const sizeOf = (letter: ReturnType<typeof deadLetter>): number =>
  deadLetters.type.toBuffer(letter).length + 5 + Buffer.byteLength(letterKey(letter));

const record = (value: number, headers: Headers = {}, key = 10) => ({
  key: Buffer.alloc(key, 1),
  value: Buffer.alloc(value, 2),
  headers,
});
const many = (count: number, bytes: number): Headers =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`header-${i}`, Buffer.alloc(bytes, 3)]));

test("a record that fits is kept whole", () => {
  const letter = deadLetter(origin, "enrich", failure, record(500_000, many(4, 100_000)));
  expect(letter).toMatchObject({ ...origin, operator: "enrich", code: "UNDECODABLE", message: "bad", cut: false });
  expect(letter.value).toHaveLength(500_000);
  expect(Object.values(letter.headers).map(({ length }) => length)).toEqual([100_000, 100_000, 100_000, 100_000]);
});

test.each([
  ["a value and a header", record(890_000, { trace: Buffer.alloc(140_000) })],
  ["a value", record(5_000_000)],
  ["a header", record(10, { trace: Buffer.alloc(2_000_000) })],
  ["10,000 headers", record(900_000, many(10_000, 100))],
  ["a header's name", record(900_000, { ["n".repeat(400_000)]: Buffer.alloc(5) })],
  ["a key", record(10, {}, 3_000_000)],
])("%s over the limit are cut so that the dead letter fits, and it says so", (_, bad) => {
  const letter = deadLetter(origin, "enrich", failure, bad);
  expect(sizeOf(letter)).toBeLessThanOrEqual(LIMIT);
  expect(letter.cut).toBe(true);
  expect(letter.value).toHaveLength(Math.min(bad.value.length, streamsLimits.deadLetterValueBytes));
});

test("names and messages of any length fit, and are cut between characters", () => {
  const long = "ü".repeat(600_000);
  const timer = { topic: `timer ${long}`, partition: 0, offset: Number.NaN };
  const letter = deadLetter(timer, long, new Error(long), record(900_000));
  expect(sizeOf(letter)).toBeLessThanOrEqual(LIMIT);
  expect(letter.offset).toBe(-1);
  for (const text of [letter.topic, letter.operator, letter.message]) expect(text).toMatch(/^(timer )?ü{200,}$/);
});

test.each([LIMIT, 100_000, 10_000, 2_000])("a topic that takes %d bytes gets no letter that is larger", (room) => {
  const long = "x".repeat(20_000);
  for (const bad of [record(1_000_000), record(10, many(1_000, 1_000)), record(room, many(9, room), room)]) {
    const letter = deadLetter({ ...origin, topic: long }, long, new Error(long), bad, room);
    expect(sizeOf(letter)).toBeLessThanOrEqual(room);
    expect(letter.cut).toBe(true);
    expect(letter.value!.length).toBeGreaterThan(0);
  }
});
