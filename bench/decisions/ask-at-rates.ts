import { setTimeout as sleep } from "node:timers/promises";
import { CORRELATION_ID, type Backbone, type OutgoingRecord } from "../../streams/index.ts";
import { median, quantile } from "../rounds.ts";
import type { Latency } from "./latency.ts";

export interface Asking {
  readonly backbone: Backbone;
  /** The request with this index, its correlation id the index as four bytes; `time` is now. */
  readonly make: (index: number, time: number) => OutgoingRecord;
  readonly replies: { readonly topic: string; readonly partition: number };
  /** Requests a second, one after the other. */
  readonly rates: readonly number[];
  /** Of each rate. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

const LONGEST_WAIT_MS = 60_000;
const WARM_UP_RATE = 2_000;

/**
 * Asks at constant rates and never waits for answers, so that a slow moment counts for every request that was due in it. Latency is from the
 * moment a request was due to its reply having been read (committed records only).
 */
export async function askAtRates(asking: Asking): Promise<readonly Latency[]> {
  const { backbone, make, rates, seconds, warmUpSeconds } = asking;
  const { topic, partition } = asking.replies;
  const producer = await backbone.producer();
  const end = (await backbone.offsets([topic])).find((at) => at.partition === partition)!.end;
  const reader = await backbone.reader([{ topic, partition, offset: end }]);
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
    producer.send(Array.from({ length: count }, () => make(sent++, time))).catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  };
  const allAnswered = async (): Promise<void> => {
    const started = performance.now();
    while (answered < sent && performance.now() - started < LONGEST_WAIT_MS) await sleep(20);
  };
  /** @returns the indexes of the requests. */
  const askFor = async (rate: number, length: number): Promise<readonly [from: number, to: number]> => {
    const from = sent;
    const started = performance.now() + 1;
    const total = rate * length;
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
  };

  // The first reply says that the loop is there.
  due[0] = performance.now();
  ask(1);
  await allAnswered();
  if (answered === 0) throw new Error("no reply within a minute: is it running?");
  await askFor(WARM_UP_RATE, warmUpSeconds);
  const told: Latency[] = [];
  for (const rate of rates) {
    const [from, to] = await askFor(rate, seconds);
    told.push(latencyOf(rate, due.slice(from, to), came.slice(from, to)));
  }
  reading = false;
  await reads;
  await producer.close();
  return told;
}

function latencyOf(rate: number, due: readonly number[], came: readonly (number | undefined)[]): Latency {
  const all: number[] = [];
  const seconds: number[][] = [];
  for (const [i, at] of due.entries()) {
    if (came[i] === undefined) continue;
    all.push(came[i] - at);
    (seconds[Math.floor(i / rate)] ??= []).push(came[i] - at);
  }
  // A second without an answer has no entry.
  const p99s = Object.values(seconds).map((second) => quantile(second, 0.99));
  return {
    rate,
    p50: quantile(all, 0.5),
    p99: quantile(all, 0.99),
    p99OfSecond: median(p99s),
    p999: quantile(all, 0.999),
    most: quantile(all, 1),
    lost: due.length - all.length,
  };
}
