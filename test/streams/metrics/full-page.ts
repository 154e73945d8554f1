import { createMetrics, metricsPage } from "../../../streams/index.ts";

interface Declared {
  readonly name: string;
  readonly labelNames: readonly string[];
  inc?(labels: object): void;
  observe?(labels: object, value: number): void;
}

/** A page on which every metric has a line, so that its labels are there. */
export async function fullPage(): Promise<string> {
  const metrics = createMetrics();
  for (const declared of metrics.registry.getMetricsAsArray() as unknown as Declared[]) {
    if (declared.labelNames.length === 0) continue;
    const labels = Object.fromEntries(declared.labelNames.map((name) => [name, "one"]));
    declared.inc?.(labels);
    declared.observe?.(labels, 1);
  }
  metrics.decisionDuration.line("one").observe(0.003, 2);
  metrics.waits.add({ what: "kafka", since: performance.now() });
  metrics.lags.add(() => Promise.resolve([{ topic: "decision-requests", partition: 0, records: 3 }]));
  return (await metricsPage(metrics.registry)).text;
}
