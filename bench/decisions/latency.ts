import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Ground } from "./ground.ts";
import type { Guarantee } from "./peer-options.ts";
import type { Peer } from "./peers.ts";

/** Milliseconds from the moment a request was due. */
export interface Latency {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  /** The median of each second's p99: a neighbour of the machine disturbs only a few of them. */
  readonly p99OfSecond: number;
  readonly p999: number;
  readonly most: number;
  readonly lost: number;
}

export interface LatencyOptions {
  readonly rates: readonly number[];
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

/** A peer on a fresh topic of requests and one client in a process of its own. */
export async function measureLatency(
  ground: Ground,
  peer: Peer,
  guarantee: Guarantee,
  run: string,
  { rates, seconds, warmUpSeconds }: LatencyOptions,
): Promise<readonly Latency[]> {
  const requests = `requests-${run}`;
  await ground.createTopic(requests);
  const started = await ground.start(peer, guarantee, requests);
  try {
    const args = ["--brokers", ground.brokers, "--requests", requests, "--rates", rates.join(",")];
    const more = ["--seconds", String(seconds), "--warmup", String(warmUpSeconds)];
    const { stdout } = await promisify(execFile)(process.execPath, [
      join(import.meta.dirname, "client.ts"),
      ...args,
      ...more,
    ]);
    return stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Latency);
  } catch (error) {
    throw new Error(`${peer.name} ${guarantee}: ${started.process.failure() ?? "the client failed"}`, { cause: error });
  } finally {
    await started.end();
    await ground.deleteTopics([requests]);
  }
}
