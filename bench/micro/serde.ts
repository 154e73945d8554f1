import { Serdes } from "../../streams/index.ts";
import { features } from "../decisions/work/random.ts";
import { fixedRegistry } from "../decisions/work/registry.ts";
import { decisionsOn, MODEL_FEATURES, MODEL_NAME, type BenchDecision } from "../decisions/work/topics.ts";
import type { Measured } from "./measured.ts";

const ITEMS = 10_000;
/** CPU time can't be told of ten thousand alone. */
const TIMES = 5;

/** A decision record with 50 floats in Confluent's framing. */
export async function serde(): Promise<Measured> {
  const serdes = new Serdes(fixedRegistry());
  const topic = decisionsOn("decisions");
  await serdes.open(topic);
  const decisions = Array.from({ length: ITEMS }, (_, at): BenchDecision => {
    const id = `decision-${at}`;
    const vector = features(at, MODEL_FEATURES);
    return {
      id,
      unit: `unit-${at}`,
      score: vector[0]!,
      value: at,
      action: "accept",
      model: MODEL_NAME,
      features: vector,
    };
  });
  const encoded = decisions.map((decision) => Uint8Array.from(serdes.encode(topic, decision)));
  return {
    variants: [
      {
        name: "serde: encode a decision",
        items: TIMES * ITEMS,
        run() {
          for (let time = 0; time < TIMES; time++) for (const decision of decisions) serdes.encode(topic, decision);
        },
      },
      {
        name: "serde: decode a decision",
        items: TIMES * ITEMS,
        run() {
          for (let time = 0; time < TIMES; time++) for (const bytes of encoded) serdes.decode(topic, bytes);
        },
      },
    ],
    close: () => Promise.resolve(),
  };
}
