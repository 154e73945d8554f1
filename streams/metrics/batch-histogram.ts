import type { Metric, MetricObject, Registry } from "prom-client";

export interface BatchHistogramOptions {
  readonly name: string;
  readonly help: string;
  readonly labelName: string;
  /** Upper bounds, ascending. */
  readonly buckets: readonly number[];
  readonly registry: Registry;
}

/** One line of a histogram. */
export interface BatchLine {
  /** Adds as many observations of the same value. */
  observe(value: number, observations: number): void;
}

interface Counts extends BatchLine {
  /** The last one is of values above all bounds. */
  readonly buckets: number[];
  sum: number;
}

/** What a registry asks of a metric. */
type Collected = Pick<MetricObject, "name" | "help"> & {
  readonly type: "histogram";
  readonly aggregator: "sum";
  readonly values: readonly {
    readonly metricName: string;
    readonly labels: Readonly<Record<string, string | number>>;
    readonly value: number;
  }[];
};

/**
 * A Prometheus histogram with one label. Unlike prom-client's it takes many equal observations at once, so that the
 * records of a batch cost one addition together.
 */
export class BatchHistogram {
  readonly name: string;
  readonly help: string;
  readonly type = "histogram";
  readonly labelNames: readonly string[];
  readonly #buckets: readonly number[];
  readonly #lines = new Map<string, Counts>();

  constructor({ name, help, labelName, buckets, registry }: BatchHistogramOptions) {
    this.name = name;
    this.help = help;
    this.labelNames = [labelName];
    this.#buckets = buckets;
    registry.registerMetric(this as unknown as Metric);
  }

  /** The line of this label's value; made when it is asked for first. */
  line(label: string): BatchLine {
    let line = this.#lines.get(label);
    if (line === undefined) this.#lines.set(label, (line = countsOver(this.#buckets)));
    return line;
  }

  reset(): void {
    this.#lines.clear();
  }

  get(): Promise<Collected> {
    const { name, help } = this;
    const [labelName] = this.labelNames as readonly [string];
    const values = [...this.#lines].flatMap(([label, { buckets, sum }]) => {
      const own = { [labelName]: label };
      let below = 0;
      const cumulative = buckets.map((count, at) => ({
        metricName: `${name}_bucket`,
        labels: { le: this.#buckets[at] ?? "+Inf", ...own },
        value: (below += count),
      }));
      return [
        ...cumulative,
        { metricName: `${name}_sum`, labels: own, value: sum },
        { metricName: `${name}_count`, labels: own, value: below },
      ];
    });
    return Promise.resolve({ name, help, type: "histogram", aggregator: "sum", values });
  }
}

function countsOver(bounds: readonly number[]): Counts {
  const buckets = new Array<number>(bounds.length + 1).fill(0);
  return {
    buckets,
    sum: 0,
    observe(value, observations) {
      let at = 0;
      while (at < bounds.length && value > bounds[at]!) at++;
      buckets[at]! += observations;
      this.sum += value * observations;
    },
  };
}
