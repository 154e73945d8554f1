/**
 * An independent client: asks at a constant rate and never waits for answers, so that a slow moment counts for every request that was
 * due in it. Latency is from the moment a request was due to its reply having been read (committed records only). Prints one line of
 * JSON a rate.
 */
import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { CORRELATION_ID, createKafkaBackbone } from "../../streams/index.ts";
import { median, quantile } from "../rounds.ts";
import { requestMaker } from "./preload.ts";
import { replies } from "./topics.ts";

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
const LONGEST_WAIT_MS = 60_000;
const warmUpRate = 2_000;

const backbone = await createKafkaBackbone({ brokers: values.brokers, clientId: "bench-client" });
const producer = await backbone.producer();
const make = await requestMaker();
const end = (await backbone.offsets([replies.name])).find(({ partition }) => partition === PARTITION)!.end;
const reader = await backbone.reader([{ topic: replies.name, partition: PARTITION, offset: end }]);

let sent = 0;
/** By request: when it was due; when its reply came. */
const due: number[] = [];
const came: number[] = [];
let answered = 0;
let reading = true;
const reads = (async () => {
  while (reading) {
    for (const { records } of await reader.poll(100)) {
      const now = performance.now();
      for (const { headers } of records) {
        const index = Buffer.from(headers[CORRELATION_ID]!).readInt32BE();
        if (due[index] === undefined || came[index] !== undefined) continue;
        came[index] = now;
        answered++;
      }
    }
  }
})();

const ask = (count: number): void => {
  const time = Date.now();
  const records = Array.from({ length: count }, () => make(sent++, values.requests, PARTITION, time));
  producer.send(records).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
};

async function allAnswered(): Promise<void> {
  const started = performance.now();
  while (answered < sent && performance.now() - started < LONGEST_WAIT_MS) await sleep(20);
}

/** @returns the indexes of what was asked. */
async function askFor(rate: number, seconds: number): Promise<readonly [from: number, to: number]> {
  const from = sent;
  const started = performance.now() + 1;
  const total = rate * seconds;
  for (let asked = 0; asked < total;) {
    const wait = started + (asked * 1_000) / rate - performance.now();
    if (wait > 0) await sleep(Math.max(1, Math.floor(wait)));
    const reached = Math.min(total, Math.floor(((performance.now() - started) * rate) / 1_000) + 1);
    for (let i = asked; i < reached; i++) due[from + i] = started + (i * 1_000) / rate;
    if (reached > asked) ask(reached - asked);
    asked = Math.max(asked, reached);
  }
  await allAnswered();
  return [from, sent];
}

// The first reply says that the peer is there.
due[0] = performance.now();
ask(1);
await allAnswered();
if (answered === 0) throw new Error("no reply within a minute: is the peer running?");
await askFor(warmUpRate, Number(values.warmup));
for (const rate of values.rates.split(",").map(Number)) {
  const [from, to] = await askFor(rate, Number(values.seconds));
  const [all, seconds]: [number[], number[][]] = [[], []];
  for (let i = from; i < to; i++) {
    if (came[i] === undefined) continue;
    const time = came[i]! - due[i]!;
    all.push(time);
    (seconds[Math.floor((i - from) / rate)] ??= []).push(time);
  }
  const lost = to - from - all.length;
  // A second without an answer has no entry.
  const p99s = Object.values(seconds).map((second) => quantile(second, 0.99));
  console.log(
    JSON.stringify({
      rate,
      p50: quantile(all, 0.5),
      p99: quantile(all, 0.99),
      p99OfSecond: median(p99s),
      p999: quantile(all, 0.999),
      most: quantile(all, 1),
      lost,
    }),
  );
}
reading = false;
await reads;
await backbone.close();
