import type { Share } from "../decisions/cpu-profile.ts";
import type { Latency } from "../decisions/latency.ts";
import { markdown, median } from "../rounds.ts";

/** The figures of one run. */
export interface Figures {
  readonly who: string;
  readonly round: number;
  /** Of the second half. */
  readonly perSecond: number;
  /** User and system of the process with all its threads, from the first decision until all stages have handled the last one; of whole lives to the last row. */
  readonly cpuMicros: number;
  /** The same of the second half: of the part that `decide` and the join had not handled when half of the decisions were made. */
  readonly warmMicros: number;
  readonly residentMiB: number;
  readonly written?: Written;
  /** Self time of the main thread by room, if it was asked for. */
  readonly rooms?: readonly Share[];
}

/** Bytes a decision. */
export interface Written {
  /** Bytes that the process had the disk write; on the embedded log that includes the log. */
  readonly disk: number;
  /** Bytes on the changelogs. */
  readonly changelog: number;
  readonly rows: number;
}

export interface Timed {
  readonly who: string;
  readonly round: number;
  readonly latency: readonly Latency[];
}

export const figures = ({ perSecond, cpuMicros, warmMicros, residentMiB, written }: Figures): string =>
  `${(perSecond / 1_000).toFixed(1)} k/s, ${cpuMicros.toFixed(1)} µs CPU a decision, ${warmMicros.toFixed(1)} warm, ${residentMiB.toFixed(0)} MiB` +
  (written === undefined
    ? ""
    : `; bytes a decision: disk ${written.disk.toFixed(0)}, changelogs ${written.changelog.toFixed(0)}; ${written.rows} rows`);

/** All tables as Markdown. Ratios are of runs of the same round: to the benchmark's operator and to Kafka Streams at the same guarantee. */
export function productReport(runs: readonly Figures[], timed: readonly Timed[]): string {
  const tables = [`## The product\n\n${throughputTable(runs)}`];
  if (timed.length > 0) tables.push(`## p99 in ms\n\n${latencyTable(timed)}`);
  for (const { who, round, rooms } of runs) {
    if (rooms === undefined || round > 0) continue;
    const shares = rooms.slice(0, 20).map(({ name, share }) => [name, `${(share * 100).toFixed(1)} %`]);
    tables.push(`## ${who}: self time of the main thread\n\n${markdown(["room", "share"], shares)}`);
  }
  return `${tables.join("\n\n")}\n`;
}

function throughputTable(runs: readonly Figures[]): string {
  const rows = [...Map.groupBy(runs, ({ who }) => who)].map(([who, own]) => [
    who,
    range(own.map(({ perSecond }) => perSecond / 1_000)),
    range(
      ratios(own, runs, "ours", ({ perSecond }) => perSecond),
      2,
    ),
    range(
      ratios(own, runs, "streams", ({ perSecond }) => perSecond),
      2,
    ),
    range(own.map(({ cpuMicros }) => cpuMicros)),
    range(own.map(({ warmMicros }) => warmMicros)),
    range(
      own.map(({ residentMiB }) => residentMiB),
      0,
    ),
    range(
      own.flatMap(({ written }) => (written === undefined ? [] : [written.disk])),
      0,
    ),
    range(
      own.flatMap(({ written }) => (written === undefined ? [] : [written.changelog])),
      0,
    ),
  ]);
  const head = [
    "what",
    "1,000 decisions/s",
    "to ours",
    "to streams",
    "CPU µs",
    "CPU µs warm",
    "MiB",
    "disk bytes",
    "changelog bytes",
  ];
  return markdown(head, rows);
}

function latencyTable(timed: readonly Timed[]): string {
  const rows = [...Map.groupBy(timed, ({ who }) => who)].flatMap(([who, own]) =>
    own[0]!.latency.map(({ rate }, at) => [
      who,
      String(rate),
      range(
        own.map(({ latency }) => latency[at]!.p50),
        2,
      ),
      range(
        own.map(({ latency }) => latency[at]!.p99),
        2,
      ),
      range(
        ratios(own, timed, "ours", ({ latency }) => latency[at]!.p99),
        2,
      ),
      String(own.reduce((sum, { latency }) => sum + latency[at]!.lost, 0)),
    ]),
  );
  return markdown(["what", "requests/s", "p50", "p99", "to ours", "lost"], rows);
}

/** To the peer at the same guarantee; of the embedded log, which is always exact, exactly once. */
function ratios<R extends { readonly who: string; readonly round: number }>(
  own: readonly R[],
  all: readonly R[],
  peer: string,
  figure: (run: R) => number,
): readonly number[] {
  return own.flatMap((run) => {
    const guarantee = run.who.includes("at-least-once") ? "at-least-once" : "exactly-once";
    const other = all.find(({ who, round }) => who === `${peer} ${guarantee}` && round === run.round);
    return other === undefined ? [] : [figure(run) / figure(other)];
  });
}

/** `12.3 (11.8–12.9)`: the median, the least and the most. */
function range(values: readonly number[], digits = 1): string {
  const show = (value: number): string => value.toFixed(digits);
  if (values.length < 2) return values.length === 0 ? "–" : show(values[0]!);
  return `${show(median(values))} (${show(Math.min(...values))}–${show(Math.max(...values))})`;
}
