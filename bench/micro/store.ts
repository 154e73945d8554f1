import { createLevelEngine } from "../../streams/index.ts";
import { random } from "../decisions/work/random.ts";
import type { Measured } from "./measured.ts";

const KEYS = 50_000;
const ITEMS = 10_000;
const BATCH = 1_000;
/** A read is so quick that CPU time can't be told of ten thousand. */
const TIMES = 10;
const VALUE = Buffer.alloc(130, 7);

/** Task state on LevelDB, through the port that tasks use. */
export async function store(dir: string): Promise<Measured> {
  const database = await createLevelEngine(dir).open("store");
  const keyAt = (at: number): string => `decide.units\0unit-${String(at).padStart(6, "0")}`;
  for (let from = 0; from < KEYS; from += BATCH) {
    await database.write(Array.from({ length: BATCH }, (_, at) => [keyAt(from + at), VALUE] as const));
  }
  const next = random(3);
  const picked = Array.from({ length: ITEMS }, () => keyAt(Math.floor(next() * KEYS)));
  const batches = Array.from({ length: ITEMS / BATCH }, (_, at) =>
    picked.slice(at * BATCH, (at + 1) * BATCH).map((key) => [key, VALUE] as const),
  );
  return {
    variants: [
      {
        name: "store: get",
        items: TIMES * ITEMS,
        run() {
          for (let time = 0; time < TIMES; time++) for (const key of picked) database.get!(key);
        },
      },
      {
        name: "store: flush of 1,000",
        items: ITEMS,
        async run() {
          for (const batch of batches) await database.write(batch);
        },
      },
    ],
    close: () => database.close(),
  };
}
