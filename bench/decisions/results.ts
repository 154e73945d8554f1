import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Latency } from "./latency.ts";
import type { Guarantee } from "./peer-options.ts";
import type { PeerName } from "./peers.ts";
import type { Stretch, Throughput } from "./throughput.ts";

interface Run {
  readonly peer: PeerName;
  readonly guarantee: Guarantee;
  readonly round: number;
}

export type ThroughputRun = Run & { readonly kind: "throughput"; readonly throughput: Throughput };
export type LatencyRun = Run & { readonly kind: "latency"; readonly latency: readonly Latency[] };
export type Result = ThroughputRun | LatencyRun;

/** One or some lines for the person who waits. */
export function told(result: Result): string {
  const who = `round ${result.round + 1} ${result.peer} ${result.guarantee}`;
  if (result.kind === "latency") {
    return result.latency
      .map(({ rate, p50, p99, p99OfSecond, lost }) => {
        const missing = lost > 0 ? `, ${lost} LOST` : "";
        const tail = `p99 ${p99.toFixed(2)} ms, of a second ${p99OfSecond.toFixed(2)}`;
        return `${who} at ${rate}/s: p50 ${p50.toFixed(2)} ms, ${tail}${missing}`;
      })
      .join("\n");
  }
  const { first, warm, residentMiB } = result.throughput;
  const figures = ({ perSecond, cpuMicrosPerDecision }: Stretch): string =>
    `${(perSecond / 1_000).toFixed(1)} k/s, ${cpuMicrosPerDecision.toFixed(1)} µs CPU a decision`;
  const then = warm === undefined ? "" : `, warm ${figures(warm)}`;
  return `${who}: ${figures(first)}${then}, ${residentMiB.toFixed(0)} MiB`;
}

/** @returns the files' common name. */
export function writeResults(results: readonly Result[], text: string): string {
  const folder = resolve(import.meta.dirname, "../results");
  mkdirSync(folder, { recursive: true });
  const name = new Date().toISOString().replaceAll(":", "").slice(0, 17);
  writeFileSync(join(folder, `${name}.md`), text);
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(results, null, 1)}\n`);
  return `bench/results/${name}`;
}
