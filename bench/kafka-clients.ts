/**
 * `npm run bench:clients`: the Kafka backbone over kafkajs' and over @platformatic/kafka's connections, and the latter's own client, on one
 * broker (KAFKA_BROKERS, or one that is started). The clients take turns in every round, so that a busy neighbour slows all of them; ratios
 * are to the first. CPU is this process', without the broker's.
 */
import { parseArgs } from "node:util";
import { createKafkaBackbone, createPlatformaticBackbone } from "../streams/index.ts";
import { startKafka } from "../test/servers/kafka.ts";
import { PARTITIONS, TRANSACTION, type Contender, type Timed } from "./kafka-contender.ts";
import { overBackbone } from "./kafka-over-backbone.ts";
import { plainPlatformatic } from "./kafka-plain.ts";
import { markdown, median, spread } from "./rounds.ts";

const { values: options } = parseArgs({ options: { rounds: { type: "string", default: "9" } } });
const rounds = Number(options.rounds);
const produced = 100_000;
const consumed = 400_000;
const transactions = 100;
const asked = 300;

interface Sample {
  readonly ms: number;
  readonly cpuSeconds: number;
}

const server = process.env.KAFKA_BROKERS === undefined ? await startKafka() : undefined;
const brokers = server?.brokers ?? process.env.KAFKA_BROKERS!;
const contenders: readonly Contender[] = [
  overBackbone("ours over kafkajs", await createKafkaBackbone({ brokers })),
  overBackbone("ours over @platformatic/kafka", await createPlatformaticBackbone({ brokers })),
  plainPlatformatic(brokers),
];

const admin = await createKafkaBackbone({ brokers });
const run = `bench-${process.pid}-${Date.now().toString(36)}`;
async function topic(name: string, partitions = PARTITIONS): Promise<string> {
  const full = `${run}-${name}`;
  await admin.ensureTopics([{ name: full, partitions, cleanup: "delete", retentionMs: 3_600_000 }]);
  return full;
}

async function timed({ run: work, end }: Timed): Promise<Sample> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  await work();
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  await end();
  return { ms, cpuSeconds: (user + system) / 1e6 };
}

/** Samples of each contender, round by round, each round in another order. The first round warms up and is not counted. */
async function interleave(work: (contender: Contender) => Promise<Sample>): Promise<Sample[][]> {
  const samples = contenders.map((): Sample[] => []);
  for (let round = -1; round < rounds; round++) {
    for (let at = 0; at < contenders.length; at++) {
      const which = (at + round + 1) % contenders.length;
      const sample = await work(contenders[which]!);
      if (round >= 0) samples[which]!.push(sample);
    }
  }
  return samples;
}

function report(title: string, samples: readonly Sample[][], records: number): void {
  const ratios = (of: (sample: Sample) => number, at: number): string =>
    spread(samples[at]!.map((sample, round) => of(sample) / of(samples[0]![round]!)));
  const rows = contenders.map(({ name }, at) => [
    name,
    `${Math.round(records / median(samples[at]!.map(({ ms }) => ms)))} k/s`,
    ratios(({ ms }) => 1 / ms, at),
    ((median(samples[at]!.map(({ cpuSeconds }) => cpuSeconds)) * 100_000) / records).toFixed(2),
    ratios(({ cpuSeconds }) => cpuSeconds, at),
  ]);
  console.log(`\n${title}\n`);
  console.log(markdown(["client", "records", "speed, ratio", "CPU s per 100,000", "CPU, ratio"], rows));
}

const target = await topic("produce");
report(
  "produce, idempotent, calls of 500",
  await interleave(async (each) => timed(await each.produce(target, produced))),
  produced,
);

const source = await topic("consume");
const filling = await contenders[0]!.produce(source, consumed);
await filling.run();
await filling.end();
report(
  "consume, committed records",
  await interleave(async (each) => timed(await each.consume(source, consumed))),
  consumed,
);

const [written, input] = [await topic("transactions"), await topic("input", 1)];
const seed = await admin.producer();
await seed.send([{ topic: input, partition: 0, timestamp: Date.now(), key: null, value: Buffer.from("seed") }]);
await seed.close();
const inTransactions = await interleave(async (each) => timed(await each.transactions(written, input, transactions)));
report(`transactions of ${TRANSACTION} records with an offset`, inTransactions, transactions * TRANSACTION);

const hops = contenders.map((): number[] => []);
const [requests, replies] = [await topic("requests", 1), await topic("replies", 1)];
await interleave(async (each) => {
  const conversation = await each.hops(requests, replies, asked);
  const { run: converse, end } = conversation;
  let times: number[] = [];
  const sample = await timed({
    async run() {
      times = await converse();
    },
    end,
  });
  hops[contenders.indexOf(each)]!.push(median(times.slice(asked / 10)) / 2);
  return sample;
});
const counted = hops.map((times) => times.slice(1));
console.log("\nrequest and reply, one hop (half a round trip), p50 of each round\n");
const rows = contenders.map(({ name }, at) => [
  name,
  `${median(counted[at]!).toFixed(2)} ms`,
  spread(counted[at]!.map((ms, round) => ms / counted[0]![round]!)),
]);
console.log(markdown(["client", "p50", "ratio"], rows));

await Promise.all([...contenders, admin].map((each) => each.close()));
await server?.stop();
