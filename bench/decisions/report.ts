import { markdown, median } from "../rounds.ts";
import type { Latency } from "./latency.ts";
import type { PeerName } from "./peers.ts";
import type { LatencyRun, Result, ThroughputRun } from "./results.ts";
import type { Stretch, Throughput } from "./throughput.ts";

/** All tables as Markdown. Ratios are of runs of the same round. */
export function report(results: readonly Result[]): string {
  const tables: string[] = [];
  for (const guarantee of ["at-least-once", "exactly-once"] as const) {
    const runs = results.filter((run) => run.kind === "throughput" && run.guarantee === guarantee) as ThroughputRun[];
    if (runs.length > 0) tables.push(`## Throughput, ${guarantee}\n\n${throughputTable(runs, (run) => run.first)}`);
    const warm = runs.filter(({ throughput }) => throughput.warm !== undefined);
    if (warm.length > 0) {
      tables.push(
        `## Throughput, ${guarantee}, warm: the second half of 800,000\n\n${throughputTable(warm, (run) => run.warm!)}`,
      );
    }
    const slow = results.filter((run) => run.kind === "latency" && run.guarantee === guarantee) as LatencyRun[];
    if (slow.length > 0) tables.push(`## Latency in ms, ${guarantee}\n\n${latencyTable(slow)}`);
  }
  return `${tables.join("\n\n")}\n`;
}

function throughputTable(runs: readonly ThroughputRun[], of: (throughput: Throughput) => Stretch): string {
  const stretch = ({ throughput }: ThroughputRun): Stretch => of(throughput);
  const rows = byPeer(runs).map(([peer, own]) => [
    peer,
    range(
      own.map((run) => stretch(run).perSecond / 1_000),
      1,
    ),
    ratio(own, runs, "streams", (run) => stretch(run).perSecond),
    ratio(own, runs, "loop", (run) => stretch(run).perSecond),
    range(
      own.map((run) => stretch(run).cpuMicrosPerDecision / 1_000),
      4,
    ),
    range(
      own.map((run) => stretch(run).machineMicrosPerDecision / 1_000),
      4,
    ),
    range(
      own.map(({ throughput }) => throughput.residentMiB),
      0,
    ),
    range(
      own.map(({ throughput }) => throughput.peakMiB),
      0,
    ),
  ]);
  const head = ["peer", "1,000 decisions/s", "to streams", "to loop", "CPU s per 1,000", "all CPU s per 1,000"];
  return markdown([...head, "resident MiB", "at most MiB"], rows);
}

function latencyTable(runs: readonly LatencyRun[]): string {
  const rates = runs[0]!.latency.map(({ rate }) => rate);
  const rows = byPeer(runs).flatMap(([peer, own]) =>
    rates.map((rate, at) => {
      const of = (pick: (latency: Latency) => number): string =>
        range(
          own.map(({ latency }) => pick(latency[at]!)),
          2,
        );
      const lost = own.reduce((sum, { latency }) => sum + latency[at]!.lost, 0);
      const p99 = ({ latency }: LatencyRun): number => latency[at]!.p99;
      const p99OfSecond = ({ latency }: LatencyRun): number => latency[at]!.p99OfSecond;
      return [
        peer,
        String(rate),
        of(({ p50 }) => p50),
        of(({ p99 }) => p99),
        ratio(own, runs, "streams-low", p99),
        of(({ p99OfSecond }) => p99OfSecond),
        ratio(own, runs, "streams-low", p99OfSecond),
        of(({ p999 }) => p999),
        of(({ most }) => most),
        String(lost),
      ];
    }),
  );
  const p99 = ["p99", "to streams-low", "p99 of a second", "to streams-low"];
  return markdown(["peer", "requests/s", "p50", ...p99, "p99.9", "most", "lost"], rows);
}

function byPeer<R extends Result>(runs: readonly R[]): readonly (readonly [PeerName, readonly R[]])[] {
  return [...Map.groupBy(runs, ({ peer }) => peer)];
}

/** `12.3 (11.8–12.9)`: the median, the least and the most. */
function range(values: readonly number[], digits: number): string {
  const show = (value: number): string => value.toFixed(digits);
  if (values.length === 1) return show(values[0]!);
  return `${show(median(values))} (${show(Math.min(...values))}–${show(Math.max(...values))})`;
}

function ratio<R extends Result>(
  own: readonly R[],
  all: readonly R[],
  to: PeerName,
  figure: (run: R) => number,
): string {
  const ratios = own.flatMap((run) => {
    const other = all.find(({ peer, round }) => peer === to && round === run.round);
    return other === undefined ? [] : [figure(run) / figure(other)];
  });
  return ratios.length === 0 ? "–" : range(ratios, 2);
}
