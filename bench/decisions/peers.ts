import { join } from "node:path";
import { javaFlags, javaPeers } from "./java.ts";
import type { Guarantee } from "./peer-options.ts";

/** One program that does the common work. */
export interface Peer {
  readonly name: PeerName;
  readonly inNode: boolean;
  readonly command: string;
  readonly args: readonly string[];
}

export interface Contender {
  readonly peer: Peer;
  readonly guarantee: Guarantee;
}

export const guarantees: readonly Guarantee[] = ["at-least-once", "exactly-once"];

/**
 * `ours` loopstream's runtime, and `ours-kafkajs` over the other Kafka client; `loop` the same client, codec, store and model by
 * hand; `streams` Kafka Streams as it comes with Avro coded by hand, `streams-records` with Avro's own records, and `streams-low` with
 * its best settings for latency; `java` Kafka's Java client with batches and without Streams.
 */
export const peerNames = ["ours", "ours-kafkajs", "loop", "streams", "streams-records", "streams-low", "java"] as const;
export type PeerName = (typeof peerNames)[number];

const node = (file: string, ...args: readonly string[]) => ({ inNode: true, program: file, args });
const java = (main: string, profile: "default" | "low-latency", codec: "fields" | "records") => ({
  inNode: false,
  program: `loopstream.bench.${main}`,
  args: ["--profile", profile, "--codec", codec],
});

const programs: Readonly<Record<PeerName, ReturnType<typeof node>>> = {
  ours: node("ours.ts"),
  "ours-kafkajs": node("ours.ts", "--client", "kafkajs"),
  loop: node("loop.ts"),
  streams: java("StreamsPeer", "default", "fields"),
  "streams-records": java("StreamsPeer", "default", "records"),
  "streams-low": java("StreamsPeer", "low-latency", "fields"),
  java: java("PlainPeer", "low-latency", "fields"),
};

/** As `npm run loopstream` starts it. */
const nodeFlags = ["--no-allocation-site-pretenuring"];

/** Builds the peers that need it. */
export async function preparePeers(
  names: readonly PeerName[],
  nodeArgs: readonly string[],
  javaArgs: readonly string[],
): Promise<readonly Peer[]> {
  const classpath = names.every((name) => programs[name].inNode) ? "" : await javaPeers();
  return names.map((name) => {
    const { inNode, program, args } = programs[name];
    const file = join(import.meta.dirname, program);
    if (inNode) return { name, inNode, command: process.execPath, args: [...nodeFlags, file, ...nodeArgs, ...args] };
    return { name, inNode, command: "java", args: [...javaFlags, "-cp", classpath, program, ...args, ...javaArgs] };
  });
}
