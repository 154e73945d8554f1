/**
 * `node test/foreign/report.ts [decisions] [per second]`: foreign clients ask a loop on a Kafka of its own, first each way
 * of placing records alone, with the times of its answers, then all ways together with kills in between. Prints both,
 * and ends with 1 if a decision or a row is missing, wrong or there twice.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startKafka } from "../servers/kafka.ts";
import { startRegistry } from "../servers/registry.ts";
import { askFromElsewhere, faultsOf, type ClientName, type Group } from "./foreign-clients.ts";

const [count = 2_000, perSecond = 100] = process.argv.slice(2).map(Number);
const KILLS = 5;

interface Way extends Omit<Group, "name" | "count"> {
  readonly client: ClientName;
  readonly what: string;
}
const ways: readonly Way[] = [
  { client: "confluent-kafka", key: "id", partitioner: "murmur2_random", what: "the id as key, murmur2: well placed" },
  { client: "confluent-kafka", key: "id", what: "the id as key, its default partitioner" },
  { client: "confluent-kafka", key: "none", what: "no key" },
  { client: "confluent-kafka", key: "unit", what: "the unit as key" },
  { client: "java", key: "id", what: "the id as key, its default partitioner: well placed" },
  { client: "java", key: "none", what: "no key" },
  { client: "java", key: "unit", what: "the unit as key" },
];
const groupOf = ({ client: _client, what: _what, ...way }: Way, at: number, each: number): Group => ({
  ...{ ...way, name: `way${at}`, count: each },
});

const dir = mkdtempSync(join(tmpdir(), "loopstream-foreign-"));
const [kafka, registry] = await Promise.all([startKafka(), startRegistry()]);
let runs = 0;
const place = () => ({
  ...{ brokers: kafka.brokers, registry: registry.url, partitions: 4, prefix: `run${++runs}-` },
  dir: join(dir, String(runs)),
});
let faulty = false;
const tell = (faults: readonly string[]): string => {
  faulty ||= faults.length > 0;
  return faults.length === 0 ? "all decided once, all rows right" : faults.slice(0, 5).join("; ");
};
try {
  for (const [at, way] of ways.entries()) {
    const clients = { [way.client]: [groupOf(way, at, count)] };
    const outcome = await askFromElsewhere({ place: place(), clients, perSecond, kills: 0 });
    const times = outcome.clients[way.client]!.latencies[`way${at}`]!.toSorted((a, b) => a - b);
    const [median, most] = [0.5, 0.99].map((share) => Math.round(times[Math.floor(share * (times.length - 1))]!));
    console.log(`${way.client}, ${way.what}: p50 ${median} ms, p99 ${most} ms; ${tell(faultsOf(outcome, clients))}`);
  }
  const of = (client: ClientName): readonly Group[] =>
    ways.flatMap((way, at) => (way.client === client ? [groupOf(way, at, count)] : []));
  const clients = { "confluent-kafka": of("confluent-kafka"), java: of("java") };
  const outcome = await askFromElsewhere({ place: place(), clients, perSecond, kills: KILLS });
  console.log(`all together, killed ${KILLS} times: ${tell(faultsOf(outcome, clients))}`);
} finally {
  await Promise.all([kafka.stop(), registry.stop()]);
  rmSync(dir, { recursive: true, force: true });
}
process.exitCode = faulty ? 1 : 0;
