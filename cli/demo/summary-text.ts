import type { DemoSummary } from "./demo.ts";

/** The summary for people. */
export function summaryText(summary: DemoSummary): string {
  const n = (value: number): string => value.toLocaleString("en");
  const months = Object.keys(summary.servedAuc);
  const { p50, p99 } = summary.latencyMs;
  return [
    "",
    `decisions     ${n(summary.decisions)}, of which ${n(summary.nullDecisions)} null before the first model`,
    `observations  ${n(summary.observations)}`,
    `training rows ${n(summary.trainingRows)}; ${n(summary.expired)} decisions expired without a label; ${n(summary.deadLetters)} dead letters`,
    `models        ${summary.modelsPublished} published, ${summary.modelsRefused} refused`,
    ...months.map(
      (month) =>
        `served ${month} AUC ${summary.servedAuc[month]!.toFixed(4)}, log loss ${summary.servedLogLoss[month]!.toFixed(4)}`,
    ),
    `latency       p50 ${p50} ms, p99 ${p99} ms from request to reply, an hour's requests at once`,
    `rows sha256   ${summary.rowsSha256}`,
    `took          ${summary.seconds} s`,
  ].join("\n");
}
