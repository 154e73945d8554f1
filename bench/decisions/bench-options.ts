import { parseArgs } from "node:util";
import type { LatencyOptions } from "./latency.ts";
import type { Guarantee } from "./peer-options.ts";
import { placeNames, type PlaceName } from "../product/place.ts";
import { workNames, type WorkName } from "../product/works/index.ts";
import { guarantees, peerNames, type PeerName } from "./peers.ts";

export interface BenchOptions {
  readonly rounds: number;
  readonly peers: readonly PeerName[];
  readonly guarantees: readonly Guarantee[];
  readonly throughput: boolean;
  readonly latency: LatencyOptions | undefined;
  /** The product's own path. */
  readonly product:
    | { readonly decisions: number; readonly works: readonly WorkName[]; readonly places: readonly PlaceName[] }
    | undefined;
  /** Requests of the backlog. */
  readonly backlog: number;
  /** Length of a backlog whose second half counts; absent: not asked for. */
  readonly warmBacklog: number | undefined;
  readonly profile: boolean;
  /** Further words for the peers in Node, and for those in Java. */
  readonly nodeArgs: readonly string[];
  readonly javaArgs: readonly string[];
}

export const usage = `npm run bench -- [options]
  --quick                 one round, 50,000 requests, 5 s a rate
  --rounds N              default 5; every round runs every peer in turn
  --peers a,b             of ${peerNames.join(", ")}
  --guarantees a,b        of ${guarantees.join(", ")}
  --only throughput       or latency; default both. product: the product's own path, with --latency its p99 too
  --decisions N           of a backlog of the product; default 80,000
  --works a,b             of ${workNames.join(", ")}
  --places a,b            of ${placeNames.join(", ")}
  --requests N            of the backlog; default 200,000
  --warm                  a backlog of 800,000 requests, for the first 200,000 and for the second half
  --seconds N             a rate of the latency runs; default 10
  --warm-up N             seconds before the first rate; default 15
  --profile               one run each of the peers in Node under V8's profiler: where the time goes
  --client kafkajs        the other Kafka client for the peers in Node
  --set key=value         a property for the Java peers' Kafka clients or for Kafka Streams; may be repeated`;

const text = { type: "string" } as const;
const flag = { type: "boolean", default: false } as const;

export function benchOptions(): BenchOptions {
  const { values } = parseArgs({
    options: {
      quick: flag,
      warm: flag,
      profile: flag,
      help: flag,
      rounds: text,
      requests: text,
      seconds: text,
      "warm-up": text,
      peers: { type: "string", default: peerNames.join(",") },
      guarantees: { type: "string", default: guarantees.join(",") },
      latency: flag,
      decisions: text,
      works: { type: "string", default: workNames.join(",") },
      places: { type: "string", default: placeNames.join(",") },
      only: { type: "string", default: "throughput,latency" },
      client: { type: "string", default: "platformatic" },
      set: { type: "string", multiple: true, default: [] },
    },
  });
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  const { quick } = values;
  const parts = values.only.split(",");
  const product = parts.includes("product");
  const latency = {
    rates: [100, 500, 2_000],
    seconds: whole(values.seconds, quick ? 5 : 10),
    warmUpSeconds: whole(values["warm-up"], quick ? 5 : 15),
  };
  return {
    rounds: whole(values.rounds, quick ? 1 : 5),
    peers: listed(values.peers, peerNames, "--peers"),
    guarantees: listed(values.guarantees, guarantees, "--guarantees"),
    throughput: parts.includes("throughput"),
    latency: parts.includes("latency") || (product && values.latency) ? latency : undefined,
    product: product
      ? {
          decisions: whole(values.decisions, quick ? 20_000 : 80_000),
          works: listed(values.works, workNames, "--works"),
          places: listed(values.places, placeNames, "--places"),
        }
      : undefined,
    backlog: whole(values.requests, quick ? 50_000 : 200_000),
    warmBacklog: values.warm ? 800_000 : undefined,
    profile: values.profile,
    nodeArgs: ["--client", values.client],
    javaArgs: values.set.flatMap((pair) => ["--set", pair]),
  };
}

function whole(value: string | undefined, otherwise: number): number {
  const number = value === undefined ? otherwise : Number(value);
  if (!Number.isInteger(number) || number < 1) throw new Error(`${value}: write a whole number above 0\n${usage}`);
  return number;
}

function listed<T extends string>(value: string, known: readonly T[], name: string): readonly T[] {
  const names = value.split(",");
  const unknown = names.find((each) => !(known as readonly string[]).includes(each));
  if (unknown !== undefined) throw new Error(`${name} ${unknown}: write some of ${known.join(", ")}\n${usage}`);
  return names as T[];
}
