/** An event as it counts for windows. */
export interface SeriesEvent {
  /** Event time, ms. */
  readonly time: number;
  /** Null: it has no key, so it counts for none. */
  readonly key: string | null;
  /** Of the fields that are summed up, in their order. */
  readonly values: readonly (number | null)[];
}

/** The content of a window: how many events, the mean and the last of each field, and the age of the last event. */
export interface WindowContent {
  readonly count: number;
  readonly means: readonly (number | null)[];
  readonly lasts: readonly (number | null)[];
  /** Hours. */
  readonly since: number | null;
}

interface Series {
  readonly times: number[];
  /** By field: sums and numbers of values before each event, and behind the last. */
  readonly sums: number[][];
  readonly numbers: number[][];
  readonly values: (number | null)[][];
}

/** Events by key, for windows of any length in the sample. */
export class EventSeries {
  readonly #byKey = new Map<string, Series>();
  readonly #fields: number;

  /** @param events in the order of their times */
  constructor(events: Iterable<SeriesEvent>, fields: number) {
    this.#fields = fields;
    for (const { time, key, values } of events) {
      if (key === null) continue;
      let series = this.#byKey.get(key);
      if (series === undefined) this.#byKey.set(key, (series = newSeries(fields)));
      series.times.push(time);
      for (let field = 0; field < fields; field++) {
        const value = values[field] ?? null;
        const [sums, numbers] = [series.sums[field]!, series.numbers[field]!];
        sums.push(sums.at(-1)! + (value ?? 0));
        numbers.push(numbers.at(-1)! + (value === null ? 0 : 1));
        series.values[field]!.push(value);
      }
    }
  }

  /** Number of events of a key. */
  size(key: string | null): number {
    return key === null ? 0 : (this.#byKey.get(key)?.times.length ?? 0);
  }

  /** The events in `[time − length, time)`; null without a key. */
  window(key: string | null, time: number, length: number): WindowContent | null {
    if (key === null) return null;
    const series = this.#byKey.get(key);
    const none = Array.from({ length: this.#fields }, () => null);
    if (series === undefined) return { count: 0, means: none, lasts: none, since: null };
    const [from, to] = [firstFrom(series.times, time - length), firstFrom(series.times, time)];
    const mean = (field: number): number | null => {
      const count = series.numbers[field]![to]! - series.numbers[field]![from]!;
      return count === 0 ? null : (series.sums[field]![to]! - series.sums[field]![from]!) / count;
    };
    const last = (field: number): number | null => {
      for (let at = to - 1; at >= from; at--) if (series.values[field]![at] !== null) return series.values[field]![at]!;
      return null;
    };
    return {
      count: to - from,
      means: none.map((_, field) => mean(field)),
      lasts: none.map((_, field) => last(field)),
      since: to === from ? null : (time - series.times[to - 1]!) / 3_600_000,
    };
  }
}

const newSeries = (fields: number): Series => ({
  times: [],
  sums: Array.from({ length: fields }, () => [0]),
  numbers: Array.from({ length: fields }, () => [0]),
  values: Array.from({ length: fields }, () => []),
});

/** The place of the first time that is not before this one. */
function firstFrom(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
