/** A client of the product, in a process of its own: asks for decisions with contexts of a work. Prints one line of JSON a rate. */
import { parseArgs } from "node:util";
import { decisionReplies, decisionRequests } from "../../schemas/index.ts";
import {
  createPlatformaticBackbone,
  createConfluentRegistry,
  openShared,
  partitionOf,
  replyHeaders,
  Serdes,
} from "../../streams/index.ts";
import { askAtRates } from "../decisions/ask-at-rates.ts";
import { PARTITIONS } from "./place.ts";
import { workOf, type WorkName } from "./works/index.ts";

const { values } = parseArgs({
  options: {
    work: { type: "string", default: "numbers" },
    brokers: { type: "string" },
    registry: { type: "string", default: "" },
    dir: { type: "string", default: "" },
    rates: { type: "string", default: "" },
    seconds: { type: "string", default: "10" },
    warmup: { type: "string", default: "5" },
  },
});
const PARTITION = 0;
/** Contexts that are asked with in turn. */
const CONTEXTS = 20_000;

const { backbone, registry } =
  values.brokers === undefined
    ? await openShared(values.dir)
    : {
        backbone: await createPlatformaticBackbone({ brokers: values.brokers, clientId: "bench-client" }),
        registry: createConfluentRegistry({ url: values.registry }),
      };
const serdes = new Serdes(registry);
await serdes.open(decisionRequests);
const lives = workOf(values.work as WorkName).lives(CONTEXTS);
const run = Date.now().toString(36);

const told = await askAtRates({
  backbone,
  make(index, time) {
    const { value } = lives[index % CONTEXTS]!.request as { readonly value: Readonly<Record<string, unknown>> };
    const decisionId = `${run}-${index}`;
    const correlation = Buffer.alloc(4);
    correlation.writeInt32BE(index);
    const key = Buffer.from(decisionId);
    return {
      topic: decisionRequests.name,
      partition: partitionOf(key, PARTITIONS),
      timestamp: time,
      key,
      value: serdes.encode(decisionRequests, { ...value, decisionId } as never),
      headers: replyHeaders(decisionReplies.name, PARTITION, correlation),
    };
  },
  replies: { topic: decisionReplies.name, partition: PARTITION },
  rates: values.rates.split(",").map(Number),
  seconds: Number(values.seconds),
  warmUpSeconds: Number(values.warmup),
});
for (const latency of told) console.log(JSON.stringify(latency));
await backbone.close();
