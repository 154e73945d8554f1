import { shownTime } from "../text/output.ts";
import type { AuditReport } from "../../recompute/index.ts";
import { differenceLine } from "./difference-line.ts";

const MOST_LINES = 50;

/** A report for people; the whole of it is in the JSON. */
export function auditText(report: AuditReport): string {
  const { share, sampled, recomputed, differing, differences, counts, explained } = report;
  const n = (value: number): string => value.toLocaleString("en");
  const kinds = Object.entries(counts).map(([kind, count]) => `${kind} ${n(count)}`);
  return [
    ...differences
      .slice(0, MOST_LINES)
      .map((one) => `${shownTime(one.decisionTime)}  ${one.decisionId}  ${differenceLine(one)}`),
    ...(differences.length > MOST_LINES ? [`… ${n(differences.length - MOST_LINES)} more: --json lists them all`] : []),
    `${n(sampled)} decisions in the sample (${percent(share)}), ${n(recomputed)} recomputed: ` +
      (differences.length === 0
        ? "0 differences"
        : `${n(differences.length)} differences in ${n(differing)} decisions`),
    ...(kinds.length === 0 ? [] : [`by kind: ${kinds.join(", ")}; ${n(explained)} with a known cause`]),
  ].join("\n");
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(12))}%`;
