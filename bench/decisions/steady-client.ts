/**
 * An independent client for long runs: asks at the rates of its phases, and prints one line of JSON a second: the rate asked, how many
 * are unanswered, and the latency of the answers that came in that second, from the moment each request was due.
 */
import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { CORRELATION_ID, createKafkaBackbone } from "../../streams/index.ts";
import { quantile } from "../rounds.ts";
import { requestMaker } from "./work/preload.ts";
import { replies } from "./work/topics.ts";

const { values } = parseArgs({
  options: {
    brokers: { type: "string", default: "" },
    requests: { type: "string", default: "" },
    /** `rate x seconds`, comma-separated. */
    phases: { type: "string", default: "2000x60" },
  },
});
const PARTITION = 0;
const MOST_AT_ONCE = 2_000;

const backbone = await createKafkaBackbone({ brokers: values.brokers, clientId: "bench-steady" });
const producer = await backbone.producer();
const make = await requestMaker();
const end = (await backbone.offsets([replies.name])).find(({ partition }) => partition === PARTITION)!.end;
const reader = await backbone.reader([{ topic: replies.name, partition: PARTITION, offset: end }]);

/** By index: when it was due; deleted when answered. */
const due = new Map<number, number>();
let sent = 0;
let rateNow = 0;
let latencies: number[] = [];
let reading = true;
const reads = (async () => {
  while (reading) {
    for (const { records } of await reader.poll(100)) {
      const now = performance.now();
      for (const { headers } of records) {
        const index = Buffer.from(headers[CORRELATION_ID]!).readInt32BE();
        const wanted = due.get(index);
        if (wanted === undefined) continue;
        due.delete(index);
        latencies.push(now - wanted);
      }
    }
  }
})();

const tell = (): void => {
  const told = latencies;
  latencies = [];
  const at = (share: number): number | null => (told.length === 0 ? null : quantile(told, share));
  console.log(JSON.stringify({ rate: rateNow, answered: told.length, waiting: due.size, p50: at(0.5), p99: at(0.99) }));
};
const telling = setInterval(tell, 1_000);

for (const [rate, seconds] of values.phases.split(",").map((phase) => phase.split("x").map(Number))) {
  rateNow = rate!;
  const started = performance.now();
  const total = rate! * seconds!;
  for (let asked = 0; asked < total;) {
    const wait = started + (asked * 1_000) / rate! - performance.now();
    if (wait > 0) await sleep(Math.max(1, Math.floor(wait)));
    const reached = Math.min(
      total,
      asked + MOST_AT_ONCE,
      Math.floor(((performance.now() - started) * rate!) / 1_000) + 1,
    );
    if (reached <= asked) continue;
    const time = Date.now();
    const records = [];
    for (let i = asked; i < reached; i++) {
      due.set(sent, started + (i * 1_000) / rate!);
      records.push(make(sent++, values.requests, PARTITION, time));
    }
    asked = reached;
    producer.send(records).catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  }
}
for (let patience = 600; due.size > 0 && patience > 0; patience--) await sleep(100);
clearInterval(telling);
tell();
reading = false;
await reads;
await backbone.close();
process.exit(due.size === 0 ? 0 : 1);
