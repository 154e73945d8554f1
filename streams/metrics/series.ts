/** A line of a metric that committed records add to. */
export interface Series {
  /** Its records are timed: from the fetch of their input to the commit. */
  readonly timed: boolean;
  /** @param seconds of each of these records; 0 if they are not timed. */
  add(records: number, seconds: number): void;
}

/**
 * By topic, as an operator declares it: the series of a record that is written. It is asked once a record, so it must be
 * cheap.
 * @param topic the name of the topic that the record goes to: of a family, one of its topics.
 */
export type SeriesOf = Readonly<Record<string, (value: unknown, topic: string) => Series | undefined>>;

interface Noted {
  readonly series: Series | undefined;
  readonly fetchedAt: number | undefined;
}

/** The records of one commit that series count. Records of one fetch are taken together. */
export class Tally {
  readonly #counts = new Map<Series, number>();
  /** By timed series: the time of a fetch, ms of the monotonic clock, and the number of its records, in turn. */
  readonly #timed = new Map<Series, number[]>();

  note({ series, fetchedAt }: Noted): void {
    if (series === undefined) return;
    if (!series.timed || fetchedAt === undefined) {
      this.#counts.set(series, (this.#counts.get(series) ?? 0) + 1);
      return;
    }
    const runs = this.#timed.get(series);
    if (runs === undefined) this.#timed.set(series, [fetchedAt, 1]);
    else if (runs[runs.length - 2] === fetchedAt) runs[runs.length - 1]! += 1;
    else runs.push(fetchedAt, 1);
  }

  /** Adds all of it to its series, and forgets it. @param now ms of the monotonic clock. */
  add(now: number): void {
    for (const [series, records] of this.#counts) series.add(records, 0);
    for (const [series, runs] of this.#timed) {
      for (let at = 0; at < runs.length; at += 2) series.add(runs[at + 1]!, Math.max(0, now - runs[at]!) / 1_000);
    }
    this.#counts.clear();
    this.#timed.clear();
  }
}
