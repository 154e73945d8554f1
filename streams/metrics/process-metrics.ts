import { collectDefaultMetrics, Registry } from "prom-client";

/** Gauges that prom-client names as counters: Prometheus' own check refuses them. The gauges by type have their figures. */
const misnamed = ["nodejs_active_handles_total", "nodejs_active_requests_total", "nodejs_active_resources_total"];
let known: Registry | undefined;

/**
 * CPU, memory, files, garbage collections and the event loop of this process, under prom-client's usual names. They are
 * collected from the first call on, once a process.
 */
export function processMetrics(): Registry {
  if (known !== undefined) return known;
  known = new Registry();
  collectDefaultMetrics({ register: known });
  for (const name of misnamed) known.removeSingleMetric(name);
  return known;
}

export interface MetricsPage {
  readonly contentType: string;
  readonly text: string;
}

/** The text of /metrics: these metrics, and those of the process unless they are among them. */
export async function metricsPage(registry: Registry): Promise<MetricsPage> {
  const own = processMetrics();
  const has = own.getMetricsAsArray().some(({ name }) => registry.getSingleMetric(name) !== undefined);
  const all = has ? registry : Registry.merge([registry, own]);
  return { contentType: registry.contentType, text: await all.metrics() };
}
