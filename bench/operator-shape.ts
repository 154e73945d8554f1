/**
 * `npm run bench:shapes`: the cost of an operator's shape. The same work is written in six shapes and run under the
 * same small loop; times are told as ratios to the shape in use. There are three kinds of work: almost none, so that
 * only the shape counts; a counter in a store and an Avro record written; and one run of an ONNX model.
 */
import { isPromise } from "node:util/types";
import { loadScorer, type Scorer } from "../serving/index.ts";
import { defineTopic, jsonStore } from "../streams/index.ts";
import { fitModel } from "../trainer/index.ts";
import { interleaved, markdown, median, spread, type Timing, type Variant } from "./rounds.ts";

interface Input {
  readonly key: string;
  readonly time: number;
  readonly features: Float32Array;
}
interface Output {
  readonly key: string;
  readonly value: number;
  readonly time: number;
}
interface Context {
  emit(output: Output): void;
}

/** One kind of work: for one record, and for many if that makes a difference. */
interface Work {
  readonly one: (record: Input) => number | Promise<number>;
  readonly many?: (records: readonly Input[]) => Promise<Float32Array>;
  readonly write: (output: Output) => void;
}

type Shape = (work: Work) => (records: readonly Input[], context: Context) => void | Promise<void>;

const output = ({ key, time }: Input, value: number): Output => ({ key, value, time });

/** A handler gets the whole batch and emits. */
const batchEmit: Shape = ({ one, many }) => {
  if (many !== undefined) {
    return async (records, context) => {
      const values = await many(records);
      for (const [at, record] of records.entries()) context.emit(output(record, values[at]!));
    };
  }
  return (records, context) => {
    for (const record of records) context.emit(output(record, one(record) as number));
  };
};

/** A handler gets a record and emits; the loop awaits only promises. */
const recordEmit: Shape = ({ one }) => {
  const handler = (record: Input, context: Context): void | Promise<void> => {
    const value = one(record);
    if (typeof value === "number") context.emit(output(record, value));
    else return value.then((found) => context.emit(output(record, found)));
  };
  return async (records, context) => {
    for (const record of records) {
      const done = handler(record, context);
      if (isPromise(done)) await done;
    }
  };
};

/** A handler gets a record and returns its outputs. */
const recordReturn: Shape = ({ one }) => {
  const handler = (record: Input): readonly Output[] | Promise<readonly Output[]> => {
    const value = one(record);
    return typeof value === "number" ? [output(record, value)] : value.then((found) => [output(record, found)]);
  };
  return async (records, context) => {
    for (const record of records) {
      const outputs = handler(record);
      for (const each of isPromise(outputs) ? await outputs : (outputs as readonly Output[])) context.emit(each);
    }
  };
};

/** An object with a method for a record, as Kafka Streams' Processor has. */
const classMethod: Shape = ({ one }) => {
  class Stage {
    readonly #context: Context;
    constructor(context: Context) {
      this.#context = context;
    }
    process(record: Input): void | Promise<void> {
      const value = one(record);
      if (typeof value === "number") this.#context.emit(output(record, value));
      else return value.then((found) => this.#context.emit(output(record, found)));
    }
  }
  let stage: Stage | undefined;
  return async (records, context) => {
    stage ??= new Stage(context);
    for (const record of records) {
      const done = stage.process(record);
      if (isPromise(done)) await done;
    }
  };
};

/** An async handler a record, always awaited: the usual `eachMessage`. */
const recordAsync: Shape = ({ one }) => {
  const handler = async (record: Input, context: Context): Promise<void> => {
    context.emit(output(record, await one(record)));
  };
  return async (records, context) => {
    for (const record of records) await handler(record, context);
  };
};

/** An async generator a record, whose yields are written. */
const generator: Shape = ({ one }) => {
  const handler = async function* (record: Input): AsyncGenerator<Output> {
    yield output(record, await one(record));
  };
  return async (records, context) => {
    for (const record of records) for await (const each of handler(record)) context.emit(each);
  };
};

const shapes: Readonly<Record<string, Shape>> = {
  "batch handler, emit (used)": batchEmit,
  "record handler, emit": recordEmit,
  "record handler, returns outputs": recordReturn,
  "class, method a record, emit": classMethod,
  "async record handler, awaited": recordAsync,
  "async generator a record": generator,
};

const COLUMNS = 10;

function pass(): Work {
  let sum = 0;
  return { one: ({ time }) => time + 1, write: ({ value }) => void (sum += value) };
}

/** Reads and writes a counter through a write buffer, as tasks do, and encodes an Avro record. */
function counting(): Work {
  const topic = defineTopic<{ value: number; time: number }>({
    name: "counted",
    schema: {
      type: "record",
      name: "Counted",
      fields: [
        { name: "value", type: "double" },
        { name: "time", type: "long" },
      ],
    },
  });
  const { encode, decode } = jsonStore<number>();
  const buffer = new Map<string, Uint8Array>();
  return {
    one({ key }) {
      const stored = buffer.get(key);
      const count = stored === undefined ? 1 : decode(stored) + 1;
      buffer.set(key, encode(count));
      return count;
    },
    write: ({ value, time }) => void topic.type.toBuffer({ value, time }),
  };
}

/** A model run: one row, or all rows of the batch at once. */
function scoring(scorer: Scorer): Work {
  return {
    one: async ({ features }) => (await scorer.score(features, 1))[0]![0]!,
    async many(records) {
      const matrix = new Float32Array(records.length * COLUMNS);
      for (const [row, { features }] of records.entries()) matrix.set(features, row * COLUMNS);
      return (await scorer.score(matrix, records.length))[0]!;
    },
    write: () => undefined,
  };
}

/** 100 trees of depth 4 over seeded noise. */
async function model(): Promise<Scorer> {
  let seed = 1;
  const random = (): number => (seed = (Math.imul(seed, 48_271) >>> 0) % 2_147_483_647) / 2_147_483_647;
  const rows = 2_000;
  const features = Float32Array.from({ length: rows * COLUMNS }, random);
  const labels = Float32Array.from({ length: rows }, (_, row) => Number(features[row * COLUMNS]! + random() > 1));
  const none = new Float32Array(0);
  const fitted = await fitModel({
    train: { features, labels, rows, columns: COLUMNS },
    holdout: { features: none, labels: none, rows: 0, columns: COLUMNS },
    label: { name: "prediction", objective: "binary" },
    model: {
      objective: "binary",
      learner: "xgboost",
      depth: 4,
      rounds: 100,
      learningRate: 0.1,
      minChildWeight: 1,
      subsample: 1,
      colsample: 1,
      margin: "none",
      marginBins: 1,
      marginL2: 20,
      monotone: "none",
      l2: 1,
      maxBins: 64,
      seed: 0,
    },
    metadata: {},
  });
  return loadScorer(fitted.onnx);
}

const inputs: readonly Input[] = Array.from({ length: 2_048 }, (_, at) => ({
  key: `key-${at % 97}`,
  time: 1_700_000_000_000 + at,
  features: Float32Array.from({ length: COLUMNS }, (_, column) => ((at * 31 + column * 17) % 101) / 101),
}));

/** All inputs `times` over, in batches of `size`. */
function variant(name: string, shape: Shape, work: Work, size: number, times: number): Variant {
  const handle = shape(work);
  const context: Context = { emit: (each) => work.write(each) };
  return {
    name,
    async run() {
      for (let time = 0; time < times; time++) {
        for (let from = 0; from < inputs.length; from += size) await handle(inputs.slice(from, from + size), context);
      }
    },
  };
}

const rounds = Number(process.argv[2] ?? 15);
const scorer = await model();
const works = [
  { name: "almost no work", make: pass, times: 100 },
  { name: "store and Avro", make: counting, times: 10 },
  { name: "ONNX model", make: () => scoring(scorer), times: 1 },
];
const sizes = [1, 16, 256];

for (const { name, make, times } of works) {
  const columns: (readonly Timing[])[] = [];
  for (const size of sizes) {
    const variants = Object.entries(shapes).map(([shape, build]) => variant(shape, build, make(), size, times));
    columns.push(await interleaved(variants, rounds));
  }
  const perRecord = columns.map((timings) => (median(timings[0]!.ms) * 1e6) / (inputs.length * times));
  const head = [name, ...sizes.map((size, at) => `batches of ${size} (1 = ${perRecord[at]!.toFixed(0)} ns a record)`)];
  const rows = Object.keys(shapes).map((shape, at) => [
    shape,
    ...columns.map((timings) => spread(timings[at]!.ratios)),
  ]);
  console.log(`\n${markdown(head, rows)}`);
}
console.log(`\n${rounds} interleaved rounds; ratio of times in the same round: median (middle half). Less is faster.`);
await scorer.release();
