import { deadLetters } from "../../schemas/index.ts";
import { avroStore, createTestDriver, defineOperator, defineTopology, type TestDriver } from "../../streams/index.ts";
import { features } from "../decisions/work/random.ts";
import { decisionsOn, MODEL_NAME, requestsOn, unitFeatures, type BenchRequest } from "../decisions/work/topics.ts";
import type { Measured } from "./measured.ts";

const ITEMS = 4_000;
const UNITS = 500;

const requests = requestsOn("requests");
const passed = requestsOn("passed");
const decisions = decisionsOn("decisions");

/** Remembers the unit's last features and passes the request on in memory. */
const remember = defineOperator({
  name: "remember",
  in: { requests },
  out: { passed },
  state: { last: avroStore(unitFeatures) },
  globals: {},
  handlers: {
    requests(records, context) {
      for (const record of records) {
        context.state.last.get(record.key);
        context.state.last.put(record.key, { values: record.value.features });
        context.emit("passed", { key: record.key, value: record.value, time: record.time, from: record });
      }
    },
  },
});

const answer = defineOperator({
  name: "answer",
  in: { passed },
  out: { decisions },
  state: {},
  globals: {},
  handlers: {
    passed(records, context) {
      for (const { key, value, time } of records) {
        const { id, unit, features } = value;
        const decision = { id, unit, score: 0.5, value: 1, action: "accept", model: MODEL_NAME, features };
        context.emit("decisions", { key, value: decision, time });
      }
    },
  },
});

/** Two operators with a store and a memory edge: from records in the log to records in the log, without a broker or a disk. */
export async function task(): Promise<Measured> {
  const topology = defineTopology({ name: "micro", operators: [remember, answer], memoryEdges: [passed] });
  const inputs = Array.from({ length: ITEMS }, (_, at) => {
    const unit = `unit-${at % UNITS}`;
    const value: BenchRequest = { id: `decision-${at}`, unit, features: features(at, 20) };
    return { key: unit, value, time: at };
  });
  let driver: TestDriver | undefined;
  return {
    variants: [
      {
        name: "task: a request through two operators",
        items: ITEMS,
        async prepare() {
          await driver?.close();
          driver = await createTestDriver(topology, { deadLetters });
          await driver.input(requests).queue(...inputs);
        },
        run: () => driver!.run(),
      },
    ],
    close: async () => driver?.close(),
  };
}
