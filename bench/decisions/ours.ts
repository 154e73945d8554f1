/** The common work on loopstream's runtime, as its user would write it: one operator with one store, run by one process. */
import { readFileSync } from "node:fs";
import { deadLetters } from "../../schemas/index.ts";
import { loadScorer, type Scorer } from "../../serving/index.ts";
import {
  Application,
  avroStore,
  createLevelEngine,
  defineOperator,
  defineTopology,
  Serdes,
  type Topic,
} from "../../streams/index.ts";
import { actionOf, valueOf } from "./work/decide.ts";
import { openBackbone, peerOptions, untilTold } from "./peer-options.ts";
import { fixedRegistry } from "./work/registry.ts";
import {
  decisionsOn,
  MODEL_FEATURES,
  MODEL_NAME,
  PARTITIONS,
  replies,
  REQUEST_FEATURES,
  requestsOn,
  unitFeatures,
  type BenchDecision,
  type BenchRequest,
} from "./work/topics.ts";

const decide = (requests: Topic<BenchRequest>, decisions: Topic<BenchDecision>, scorer: Scorer) =>
  defineOperator({
    name: "decide",
    in: { units: unitFeatures, requests },
    out: { decisions, replies },
    state: { units: avroStore(unitFeatures) },
    globals: {},
    handlers: {
      units(records, context) {
        for (const { key, value } of records) context.state.units.put(key, value);
      },
      async requests(records, context) {
        const rows = new Float32Array(records.length * MODEL_FEATURES);
        for (let row = 0; row < records.length; row++) {
          const { key, value } = records[row]!;
          const kept = context.state.units.get(key);
          if (kept === undefined) throw new Error(`no features of unit ${key}`);
          rows.set(value.features, row * MODEL_FEATURES);
          rows.set(kept.values, row * MODEL_FEATURES + REQUEST_FEATURES);
        }
        const scores = (await scorer.score(rows, records.length))[0]!;
        for (let row = 0; row < records.length; row++) {
          const record = records[row]!;
          const { time, value: request } = record;
          const { id, unit } = request;
          const features = rows.subarray(row * MODEL_FEATURES, (row + 1) * MODEL_FEATURES);
          const score = scores[row]!;
          const value = valueOf(score, features[0]!, features[REQUEST_FEATURES]!);
          const action = actionOf(value);
          const decision = { id, unit, score, value, action, model: MODEL_NAME, features };
          context.emit("decisions", { key: id, value: decision, time, headers: {} });
          context.reply("replies", record, { key: id, value: { id, action, value, score }, time });
        }
      },
    },
  });

const options = peerOptions();
const backbone = await openBackbone(options);
const scorer = await loadScorer(readFileSync(options.model));
const operator = decide(requestsOn(options.requests), decisionsOn(options.decisions), scorer);
const application = new Application({
  id: options.id,
  topology: defineTopology({ name: options.id, operators: [operator] }),
  backbone,
  serdes: new Serdes(fixedRegistry()),
  engine: createLevelEngine(options.dir),
  deadLetters,
  partitions: PARTITIONS,
  delivery: options.guarantee === "exactly-once" ? "exactlyOnce" : "atLeastOnce",
  // The product's own defaults (loop/settings/settings.ts).
  commitIntervalMs: options.guarantee === "exactly-once" ? 5 : 1_000,
  maxTaskIdleMs: 0,
  onFailure(error) {
    console.error(error);
    process.exit(1);
  },
});
await application.start();
if (options.load) await application.idle();
else await untilTold();
await application.close();
await scorer.release();
await backbone.close();
