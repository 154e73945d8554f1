import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { markdown } from "../rounds.ts";
import { readCpuProfile, type Share } from "./cpu-profile.ts";
import type { Ground } from "./ground.ts";
import type { Guarantee } from "./peer-options.ts";
import type { Peer } from "./peers.ts";
import { measureThroughput, type Backlog } from "./throughput.ts";

/** Runs a peer in Node once under V8's profiler and tells how its main thread spent the time. */
export async function profile(ground: Ground, peer: Peer, guarantee: Guarantee, backlog: Backlog): Promise<string> {
  const folder = join(ground.dir, `profile-${peer.name}-${guarantee}`);
  mkdirSync(folder);
  const flags = ["--cpu-prof", "--cpu-prof-interval", "500", "--cpu-prof-dir", folder];
  const { first } = await measureThroughput(ground, peer, guarantee, backlog, flags);
  const file = readdirSync(folder).find((name) => name.endsWith(".cpuprofile"));
  if (file === undefined) throw new Error(`${peer.name} left no profile in ${folder}: it did not end by itself`);
  const { idle, places, functions } = readCpuProfile(join(folder, file));
  const speed = `${(first.perSecond / 1_000).toFixed(1)} k/s, ${first.cpuMicrosPerDecision.toFixed(1)} µs CPU a decision, all threads; idle ${(idle * 100).toFixed(1)} %`;
  return [
    `## ${peer.name}, ${guarantee}: self time of the main thread, under the profiler (${speed})`,
    table("where", places.slice(0, 20)),
    table("function", functions.slice(0, 25)),
  ].join("\n\n");
}

const table = (head: string, shares: readonly Share[]): string =>
  markdown(
    [head, "share"],
    shares.map(({ name, share }) => [name, `${(share * 100).toFixed(1)} %`]),
  );
