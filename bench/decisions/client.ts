/** An independent client, in a process of its own. Prints one line of JSON a rate. */
import { parseArgs } from "node:util";
import { createKafkaBackbone } from "../../streams/index.ts";
import { askAtRates } from "./ask-at-rates.ts";
import { requestMaker } from "./work/preload.ts";
import { replies } from "./work/topics.ts";

const { values } = parseArgs({
  options: {
    brokers: { type: "string", default: "" },
    requests: { type: "string", default: "" },
    rates: { type: "string", default: "" },
    seconds: { type: "string", default: "10" },
    warmup: { type: "string", default: "5" },
  },
});
const PARTITION = 0;

const backbone = await createKafkaBackbone({ brokers: values.brokers, clientId: "bench-client" });
const make = await requestMaker();
const told = await askAtRates({
  backbone,
  make: (index, time) => make(index, values.requests, PARTITION, time),
  replies: { topic: replies.name, partition: PARTITION },
  rates: values.rates.split(",").map(Number),
  seconds: Number(values.seconds),
  warmUpSeconds: Number(values.warmup),
});
for (const latency of told) console.log(JSON.stringify(latency));
await backbone.close();
