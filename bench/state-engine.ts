/**
 * `npm run bench:state -- [rounds] [keys] [bytes]`: the cost of reads and writes of task state on each engine, through
 * the port that tasks use. By default 200,000 keys of about 40 bytes with values of 200, as many as a busy partition's
 * join holds. RocksDB takes part if `rocksdb-native` is installed; memory up to a million keys.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createLevelEngine,
  createMemoryEngine,
  createRocksEngine,
  hasCode,
  type StateEngine,
} from "../streams/index.ts";
import { interleaved, markdown, median, spread, type Variant } from "./rounds.ts";

const [rounds = 15, KEYS = 200_000, BYTES = 200] = process.argv.slice(2).map(Number);
const READS = 10_000;
const BATCH = 1_000;
const RANGE = 100;
const DELETED = 100_000;
const RESTORED = 1_000_000;
/** As many as a reader gives a restore at once. */
const FETCH = 4_096;

const keyAt = (at: number): string => `join.pending\0decision-${String(at).padStart(20, "0")}`;
let seed = 1;
const random = (below: number): number => {
  seed = (Math.imul(seed, 48_271) >>> 0) % 2_147_483_647;
  return seed % below;
};
/** Every value is another piece of it; about half of it can be compressed away, as with Avro records. */
const pool = Buffer.from(Array.from({ length: 1 << 20 }, (_, at) => (at % 32 < 16 ? 7 : random(256))));
const value = (bytes = BYTES): Uint8Array => {
  const from = random(pool.length - bytes);
  return pool.subarray(from, from + bytes);
};
const picked = Array.from({ length: READS }, () => keyAt(random(KEYS)));
const absent = picked.map((key) => `${key}?`);
const batches = (count: number, size: number) =>
  Array.from({ length: count }, () => Array.from({ length: size }, () => [keyAt(random(KEYS)), value()] as const));
const large = batches(READS / BATCH, BATCH);
const small = batches(READS / 100, 10);

interface Measured {
  readonly what: string;
  readonly items: number;
  /** Long ones are run in fewer rounds. */
  readonly rounds: number;
  readonly variants: Variant[];
}

const dir = await mkdtemp(join(tmpdir(), "loopstream-bench-"));
const engines: Record<string, StateEngine> = { LevelDB: createLevelEngine(dir) };
try {
  const rocks = createRocksEngine(dir);
  await (await rocks.open("bench")).close();
  engines["RocksDB"] = rocks;
} catch (error) {
  if (!hasCode(error, "ENGINE_MISSING")) throw error;
  console.log((error as Error).message);
}
if (KEYS <= 1_000_000) engines["memory"] = createMemoryEngine();
const measured: Measured[] = [];
const of = (what: string, items: number, variant: Variant, most = rounds): void => {
  const known = measured.find((each) => each.what === what);
  if (known === undefined) measured.push({ what, items, rounds: Math.min(rounds, most), variants: [variant] });
  else known.variants.push(variant);
};

const databases = [];
for (const [name, engine] of Object.entries(engines)) {
  const database = await engine.open("bench");
  databases.push(database);
  const filling = performance.now();
  for (let from = 0; from < KEYS; from += 10_000) {
    await database.write(Array.from({ length: 10_000 }, (_, at) => [keyAt(from + at), value()] as const));
  }
  console.log(`${name}: filled in ${((performance.now() - filling) / 1_000).toFixed(1)} s`);
  const one = async (keys: readonly string[]): Promise<void> => {
    for (const key of keys) {
      if (database.get !== undefined) database.get(key);
      else await database.getMany([key]);
    }
  };
  of("get, one by one", READS, { name, run: () => one(picked) });
  of("get of what is not there", READS, { name, run: () => one(absent) });
  for (const size of [BATCH, 32]) {
    of(`getMany, ${size} at once`, READS, {
      name,
      async run() {
        for (let from = 0; from < READS; from += size) await database.getMany(picked.slice(from, from + size));
      },
    });
  }
  of(`write, ${BATCH} a batch`, READS, {
    name,
    async run() {
      for (const batch of large) await database.write(batch);
    },
  });
  of("write, 10 a batch", READS / 10, {
    name,
    async run() {
      for (const batch of small) await database.write(batch);
    },
  });
  // The memory engine sorts all it has for a range: it is for tests.
  if (name === "memory") continue;
  of(`range of ${RANGE}`, 100 * RANGE, {
    name,
    async run() {
      for (let at = 0; at < 100; at++) {
        const from = random(KEYS - RANGE);
        await database.range(keyAt(from), keyAt(from + RANGE));
      }
    },
  });
  const doomed = (at: number): string => `z.doomed\0${String(at).padStart(20, "0")}`;
  const removal: Variant = {
    name,
    async prepare() {
      for (let from = 0; from < DELETED; from += 10_000) {
        await database.write(Array.from({ length: 10_000 }, (_, at) => [doomed(from + at), value(200)] as const));
      }
    },
    run: () => database.deleteRange(doomed(0), doomed(DELETED)),
  };
  of(`deleteRange of ${DELETED.toLocaleString("en")} keys of 200 bytes, the whole call`, 1, removal, 7);
  const restoring: Variant = {
    name,
    prepare: () => engine.destroy("restored"),
    async run() {
      const restored = await engine.open("restored");
      for (let from = 0; from < RESTORED; from += FETCH) {
        await restored.write(Array.from({ length: FETCH }, (_, at) => [keyAt(from + at), value(200)] as const));
      }
      await restored.close();
    },
  };
  of(`restore of ${RESTORED.toLocaleString("en")} keys of 200 bytes into an empty database`, RESTORED, restoring, 5);
}

const names = Object.keys(engines);
const rows: string[][] = [];
for (const { what, items, rounds: some, variants } of measured) {
  const timings = await interleaved(variants, some, some < rounds ? 1 : 2);
  const micro = timings[0]!.ms.map((ms) => (ms * 1_000) / items);
  const ratios = names.slice(1).map((name) => {
    const timing = timings.find((each) => each.name === name);
    return timing === undefined ? "" : spread(timing.ratios);
  });
  rows.push([what, median(micro).toFixed(median(micro) < 100 ? 2 : 0), ...ratios]);
  console.log(rows.at(-1)!.join(" | "));
}
console.log(`\n${markdown(["", "LevelDB, µs an item", ...names.slice(1).map((name) => `${name}, times that`)], rows)}`);
console.log(
  `\n${rounds} interleaved rounds (long ones fewer) over ${KEYS.toLocaleString("en")} keys, values of ${BYTES} bytes. ` +
    `Ratio of times in the same round: median (middle half). Less is faster. Writes are not synced, as in a task.`,
);
for (const database of databases) await database.close();
await rm(dir, { recursive: true });
