import { join } from "node:path";
import { javaFlags, javaPeers } from "./java.ts";
import type { Guarantee } from "./peer-options.ts";

/** Who does the common work. */
export interface Peer {
  readonly name: string;
  /** Which of the two ways to tell a peer's settings apart in tables. */
  readonly what: string;
  readonly command: string;
  readonly args: readonly string[];
}

const here = import.meta.dirname;
const node = (file: string, what: string): Omit<Peer, "name"> => ({
  what,
  command: process.execPath,
  args: [join(here, file), "--profile", "default"],
});

export const guarantees: readonly Guarantee[] = ["at-least-once", "exactly-once"];
export const peerNames = ["ours", "loop", "streams", "streams-low", "java"] as const;
export type PeerName = (typeof peerNames)[number];

/** Builds what has to be built. */
export async function preparePeers(
  names: readonly PeerName[],
  nodeArgs: readonly string[],
): Promise<ReadonlyMap<PeerName, Peer>> {
  const classpath = names.some((name) => name === "java" || name.startsWith("streams")) ? await javaPeers() : "";
  const java = (main: string, what: string, profile: string): Omit<Peer, "name"> => ({
    what,
    command: "java",
    args: [...javaFlags, "-cp", classpath, `loopstream.bench.${main}`, "--profile", profile],
  });
  const all: Readonly<Record<PeerName, Omit<Peer, "name">>> = {
    ours: node("ours.ts", "loopstream's runtime"),
    loop: node("loop.ts", "the same client, codec, store and model by hand"),
    streams: java("StreamsPeer", "Kafka Streams 4.1.1", "default"),
    "streams-low": java("StreamsPeer", "Kafka Streams 4.1.1, low latency", "low-latency"),
    java: java("PlainPeer", "Kafka's Java client, batches, no Streams", "low-latency"),
  };
  return new Map(
    names.map((name) => {
      const peer = all[name];
      const args = peer.command === "java" ? peer.args : [...peer.args, ...nodeArgs];
      return [name, { ...peer, args, name }];
    }),
  );
}
