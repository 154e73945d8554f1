import type { Gauge } from "prom-client";
import { expect, test } from "vitest";
import { createMetrics, metricsPage } from "../../../streams/index.ts";
import { fullPage } from "./full-page.ts";
import { familiesOf, promLint } from "./prom-lint.ts";

test("Prometheus' own check finds nothing wrong with any metric, the process's too", async () => {
  const text = await fullPage();
  expect(promLint(text)).toEqual([]);
  const families = familiesOf(text);
  const withoutLines = families.filter(({ lines }) => lines.length === 0).map(({ name }) => name);
  // They have lines once a collection has happened.
  expect(withoutLines.filter((name) => !name.startsWith("nodejs_"))).toEqual([]);
  const names = families.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      ...["process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds"],
      ...["nodejs_eventloop_lag_p99_seconds", "nodejs_gc_duration_seconds", "nodejs_heap_size_used_bytes"],
    ]),
  );
});

test("the check finds each fault that Prometheus' own finds", () => {
  const page = (name: string, type: string, line = `${name} 1`, help = "Help."): string =>
    `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${line}\n`;
  const faults: readonly [text: string, problem: string][] = [
    [page("a_bytes", "gauge", "a_bytes 1", ""), "a_bytes: no help text"],
    [page("a_milliseconds", "gauge"), "a_milliseconds: use base unit seconds instead of milliseconds"],
    [page("a_hours", "gauge"), "a_hours: use base unit seconds instead of hours"],
    [page("a", "counter"), "a: a counter ends in _total"],
    [page("a_total", "gauge"), "a_total: _total, no counter"],
    [page("a_timestamp_seconds", "counter"), "a_timestamp_seconds: _timestamp_seconds, no gauge"],
    [page("a_bucket", "gauge"), "a_bucket: _bucket, no histogram"],
    [page("a_count", "gauge"), "a_count: _count or _sum, no histogram"],
    [page("a_x", "gauge", 'a_x{le="1"} 1'), "a_x: label le, no histogram"],
    [page("a_x", "gauge", 'a_x{quantile="1"} 1'), "a_x: label quantile, no summary"],
    [page("a_gauge", "gauge"), "a_gauge: the name has the type gauge"],
    [page("a:x", "gauge"), "a:x: a colon in the name"],
    [page("a_x", "gauge", 'a_x{useCase="1"} 1'), "a_x: camelCase"],
    [page("a_latency_ms", "gauge"), "a_latency_ms: abbreviated unit ms"],
    [page("a_x", "gauge", "a_x 1\na_x 2"), "a_x: a line twice"],
  ];
  for (const [text, problem] of faults) expect(promLint(text)).toContain(problem);
});

test("a registry that has the process's metrics already is shown as it is", async () => {
  const { registry } = createMetrics();
  const { collectDefaultMetrics } = await import("prom-client");
  collectDefaultMetrics({ register: registry });
  const { text } = await metricsPage(registry);
  expect(text.match(/^# TYPE process_cpu_seconds_total /gm)).toHaveLength(1);
});

test("the lag is shown input by input, and is absent while nobody knows it", async () => {
  const { lag, lags } = createMetrics();
  let known = [{ topic: "decision-requests", partition: 3, records: 17 }];
  lags.add(() => Promise.resolve(known));
  const shown = async (of: Gauge<"topic" | "partition">): Promise<unknown> =>
    (await of.get()).values.map(({ labels, value }) => ({ ...labels, value }));
  expect(await shown(lag)).toEqual([{ topic: "decision-requests", partition: 3, value: 17 }]);
  known = [];
  expect(await shown(lag)).toEqual([]);
});
