import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { BatchHistogram } from "../../../streams/metrics/batch-histogram.ts";

test("equal observations are added at once, in cumulative buckets with sum and count, as Prometheus reads them", async () => {
  const registry = new Registry();
  const histogram = new BatchHistogram({
    ...{ name: "a_seconds", help: "Help.", labelName: "use_case", buckets: [0.1, 1], registry },
  });
  const line = histogram.line("shop");
  line.observe(0.1, 3);
  line.observe(0.5, 2);
  histogram.line("shop").observe(8, 1);
  expect(await registry.metrics()).toBe(
    [
      "# HELP a_seconds Help.",
      "# TYPE a_seconds histogram",
      'a_seconds_bucket{le="0.1",use_case="shop"} 3',
      'a_seconds_bucket{le="1",use_case="shop"} 5',
      'a_seconds_bucket{le="+Inf",use_case="shop"} 6',
      'a_seconds_sum{use_case="shop"} 9.3',
      'a_seconds_count{use_case="shop"} 6',
      "",
    ].join("\n"),
  );
});
