/**
 * `npm run bench:state`: what reads and writes of task state cost on each engine, through the port tasks use. 200,000 keys of
 * about 40 bytes with values of 200, as many as a busy partition's join holds.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLevelEngine, createMemoryEngine, type StateEngine } from "../streams/index.ts";
import { interleaved, markdown, median, spread, type Variant } from "./rounds.ts";

const KEYS = 200_000;
const READS = 10_000;
const BATCH = 1_000;
const RANGE = 100;

const keyAt = (at: number): string => `join.pending\0decision-${String(at).padStart(20, "0")}`;
const value = new Uint8Array(200).fill(7);
let seed = 1;
const random = (below: number): number => {
  seed = (Math.imul(seed, 48_271) >>> 0) % 2_147_483_647;
  return seed % below;
};
const picked = Array.from({ length: READS }, () => keyAt(random(KEYS)));
const absent = picked.map((key) => `${key}?`);
const batches = (count: number, size: number) =>
  Array.from({ length: count }, () => Array.from({ length: size }, () => [keyAt(random(KEYS)), value] as const));
const large = batches(READS / BATCH, BATCH);
const small = batches(READS / 100, 10);

interface Measured {
  readonly what: string;
  readonly items: number;
  readonly variants: Variant[];
}

const dir = await mkdtemp(join(tmpdir(), "loopstream-bench-"));
const engines: Readonly<Record<string, StateEngine>> = {
  LevelDB: createLevelEngine(dir),
  memory: createMemoryEngine(),
};
const measured: Measured[] = [];
const of = (what: string, items: number, variant: Variant): void => {
  const known = measured.find((each) => each.what === what);
  if (known === undefined) measured.push({ what, items, variants: [variant] });
  else known.variants.push(variant);
};

const databases = [];
for (const [name, engine] of Object.entries(engines)) {
  const database = await engine.open("bench");
  databases.push(database);
  for (let from = 0; from < KEYS; from += 10_000) {
    await database.write(Array.from({ length: 10_000 }, (_, at) => [keyAt(from + at), value] as const));
  }
  of("get, one by one", READS, { name, run: () => void picked.map((key) => database.get(key)) });
  of("get of what is not there", READS, { name, run: () => void absent.map((key) => database.get(key)) });
  of(`getMany, ${BATCH} at once`, READS, {
    name,
    async run() {
      for (let from = 0; from < READS; from += BATCH) await database.getMany(picked.slice(from, from + BATCH));
    },
  });
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
  if (name !== "memory") {
    of(`range of ${RANGE}`, 100 * RANGE, {
      name,
      async run() {
        for (let at = 0; at < 100; at++) {
          const from = random(KEYS - RANGE);
          await database.range(keyAt(from), keyAt(from + RANGE));
        }
      },
    });
  }
}

const rounds = Number(process.argv[2] ?? 15);
const rows: string[][] = [];
for (const { what, items, variants } of measured) {
  const [level, memory] = await interleaved(variants, rounds);
  const micro = level!.ms.map((ms) => (ms * 1_000) / items);
  const other = memory === undefined ? "" : `${(1 / median(memory.ratios)).toFixed(0)}`;
  rows.push([what, spread(micro), other]);
}
console.log(markdown(["LevelDB", "µs an item: median (middle half)", "times the memory engine's"], rows));
console.log(
  `\n${rounds} interleaved rounds over ${KEYS.toLocaleString("en")} keys. Writes are not synced, as in a task.`,
);
for (const database of databases) await database.close();
await rm(dir, { recursive: true });
