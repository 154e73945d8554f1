import { expect, test } from "vitest";
import type { Spill } from "../../rows/index.ts";
import { RecordSort } from "../../rows/sort/record-sort.ts";
import { heldBytes, type SortedRecord } from "../../rows/sort/sorted-record.ts";

/** Memory in place of a file, and what was asked of it. */
function memorySpill(): Spill & { readonly written: number[]; closed: boolean } {
  let bytes = Buffer.alloc(0);
  const chunks: Buffer[] = [];
  const written: number[] = [];
  return {
    written,
    closed: false,
    async write(chunk) {
      written.push(chunk.length);
      chunks.push(Buffer.from(chunk));
    },
    async read(into, at) {
      bytes = Buffer.concat([bytes, ...chunks.splice(0)]);
      return bytes.copy(into, 0, at);
    },
    async close() {
      this.closed = true;
    },
  };
}

let seed = 20_260_105;
const random = (below: number): number => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
};

const pieces = ["a", "z", "é", "\ue000", "🐎", "0", ""];
function recordOf(offset: number, bytes: number): SortedRecord {
  const id = Array.from({ length: 3 }, () => pieces[random(pieces.length)]!).join("");
  const value = Buffer.alloc(random(bytes), offset);
  const key = random(9) === 0 ? null : Buffer.from(id);
  const record = { topic: "rows", partition: random(4), offset, timestamp: -offset, key, value, headers: {} };
  return { time: random(40), id, record };
}

const shown = ({ time, id, record }: SortedRecord): unknown => ({
  ...{ time, id },
  record: {
    ...record,
    key: record.key && Buffer.from(record.key),
    value: Buffer.from(record.value!).toString("latin1"),
  },
});

async function sorted(given: readonly SortedRecord[], sort: RecordSort): Promise<SortedRecord[]> {
  for (const record of given) await sort.add(record);
  const all: SortedRecord[] = [];
  for await (const record of sort.sorted()) all.push(record);
  await sort.close();
  return all;
}

const inOrder = (given: readonly SortedRecord[]): SortedRecord[] =>
  given.toSorted((a, b) => a.time - b.time || (a.id === b.id ? 0 : a.id < b.id ? -1 : 1));

test.each([
  ["in memory alone", 2_000, 1 << 30, 300],
  ["put aside in some runs", 5_000, 200_000, 300],
  ["put aside in more runs than are merged at once", 5_000, 12_000, 300],
  ["larger than what is read or written at once", 12, 1_000, 3 << 20],
] as const)("records %s come back whole, in order, the first added first", async (_name, count, bytes, size) => {
  const given = Array.from({ length: count }, (_, offset) => recordOf(offset, size));
  const spill = memorySpill();
  const sort = new RecordSort({ topic: "rows", bytes, spill: () => Promise.resolve(spill) });
  expect((await sorted(given, sort)).map(shown)).toEqual(inOrder(given).map(shown));
  expect(spill.closed).toBe(spill.written.length > 0);
});

test("no more is held in memory than so many bytes and one record, however many there are", async () => {
  const bytes = 50_000;
  let held = 0;
  let most = 0;
  const spill = memorySpill();
  const sort = new RecordSort({
    topic: "rows",
    bytes,
    spill: () => Promise.resolve(spill),
  });
  for (let offset = 0; offset < 20_000; offset++) {
    const record = recordOf(offset, 300);
    held += heldBytes(record);
    most = Math.max(most, held);
    const runs = spill.written.length;
    await sort.add(record);
    if (spill.written.length > runs) held = 0;
  }
  expect(spill.written.length).toBeGreaterThan(20);
  expect(most).toBeLessThan(bytes + 2_000);
  await sort.close();
});

test("nothing is asked of the disk where memory is enough", async () => {
  const sort = new RecordSort({ topic: "rows", bytes: 1 << 20, spill: () => Promise.reject(new Error("asked")) });
  expect(await sorted([recordOf(1, 100), recordOf(2, 100)], sort)).toHaveLength(2);
});
