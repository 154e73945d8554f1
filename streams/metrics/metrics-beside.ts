import { createMetrics, type Metrics } from "./metrics.ts";

/**
 * Metrics of an application beside another one in its process. What happens is counted with what happens there, and lags
 * stand beside each other by their topics; what there is at the moment is its own.
 */
export function metricsBeside(of: Metrics): Metrics {
  const { handled, written, deadLetters, lags, commits, commitFailures, restarts, rebalances } = of;
  const { restored, positionsReset, offsetsLost, stateLost, passedOn, misplaced } = of;
  return {
    ...createMetrics(),
    ...{ handled, written, deadLetters, lags, commits, commitFailures, restarts, rebalances },
    ...{ restored, positionsReset, offsetsLost, stateLost, passedOn, misplaced },
  };
}
