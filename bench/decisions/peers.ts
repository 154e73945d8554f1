import { join } from "node:path";
import { javaFlags, javaPeers } from "./java.ts";
import type { Guarantee } from "./peer-options.ts";

/** Who does the common work. */
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
 * `ours` loopstream's runtime, and `ours-platformatic` over the other Kafka client; `loop` the same client, codec, store and model by hand; `streams` Kafka Streams as it comes, and
 * `streams-low` with its best settings for latency; `java` Kafka's Java client with batches and without Streams.
 */
export const peerNames = ["ours", "ours-platformatic", "loop", "streams", "streams-low", "java"] as const;
export type PeerName = (typeof peerNames)[number];

const programs: Readonly<Record<PeerName, readonly [program: string, profile: "default" | "low-latency"]>> = {
  ours: ["ours.ts", "default"],
  "ours-platformatic": ["ours.ts", "default"],
  loop: ["loop.ts", "default"],
  streams: ["StreamsPeer", "default"],
  "streams-low": ["StreamsPeer", "low-latency"],
  java: ["PlainPeer", "low-latency"],
};

/** Builds what has to be built. */
export async function preparePeers(
  names: readonly PeerName[],
  nodeArgs: readonly string[],
  javaArgs: readonly string[],
): Promise<readonly Peer[]> {
  const inNode = (name: PeerName): boolean => programs[name][0].endsWith(".ts");
  const classpath = names.every(inNode) ? "" : await javaPeers();
  return names.map((name) => {
    const [program, profile] = programs[name];
    const settings = ["--profile", profile];
    if (inNode(name)) {
      const file = join(import.meta.dirname, program);
      const client = name === "ours-platformatic" ? ["--client", "platformatic"] : [];
      return { name, inNode: true, command: process.execPath, args: [file, ...settings, ...nodeArgs, ...client] };
    }
    const started = [...javaFlags, "-cp", classpath, `loopstream.bench.${program}`];
    return { name, inNode: false, command: "java", args: [...started, ...settings, ...javaArgs] };
  });
}
